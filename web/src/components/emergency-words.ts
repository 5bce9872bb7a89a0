/** Why a record may be opened in an emergency, by the codes of the node. */
export const EMERGENCY_REASONS: Readonly<Record<string, { short: string; long: string }>> = {
  'medical-emergency': {
    short: 'medical emergency',
    long: 'A medical emergency: the patient cannot be asked first',
  },
  disaster: { short: 'disaster', long: 'A declared disaster: whoever would be asked is closed' },
  'serious-threat': {
    short: 'serious and imminent threat',
    long: 'A serious and imminent threat to somebody’s health or safety',
  },
};

const MINUTE_MS = 60_000; // in a minute
const MINUTES_PER_HOUR = 60; // in an hour

/** A span of minutes as people say it. */
export function minutesWords(minutes: number): string {
  if (minutes < MINUTES_PER_HOUR) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const rest = minutes % MINUTES_PER_HOUR;
  const words = hours === 1 ? '1 hour' : `${hours} hours`;
  return rest === 0 ? words : `${words} ${minutesWords(rest)}`;
}

/** How long something stays open, in words. */
export function leftWords(leftMs: number): string {
  return leftMs < MINUTE_MS
    ? 'less than a minute left'
    : `${minutesWords(Math.floor(leftMs / MINUTE_MS))} left`;
}

/** Rules by which an access is flagged for the privacy officer (45 CFR 164.308(a)(1)(ii)(D), information system activity review). */
export type FlagRule =
  | 'vip'
  | 'co-worker'
  | 'neighbour'
  | 'same-surname'
  | 'unusual-volume'
  | 'unusual-hour'
  /** Another member named one wrong day of birth after another. */
  | 'identity-guessed';

/** Detail of the AuditEvent of a question that was refused for that. */
export const IDENTITY_GUESSED = 'identity-guessed';

/** What is known of a person: normalised, for comparison only. */
export interface PersonFacts {
  readonly surnames: readonly string[];
  /** Street line, place and postal code of each address. */
  readonly addresses: readonly AddressFacts[];
}

/** An address, normalised. */
export interface AddressFacts {
  readonly line: string;
  readonly place: string;
}

/** What an agent did before, by which the present is measured. */
export interface Activity {
  /** Accesses by hour of the day, UTC. */
  readonly hours: readonly number[];
  /** Different patients of each past day on which there was any, newest first. */
  readonly days: readonly { readonly day: string; readonly patients: number }[];
  readonly today: { readonly day: string; readonly patients: readonly string[] };
}

/** One access to look at. */
export interface Access {
  readonly time: Date;
  /** Why the patient is watched over; undefined when they are not. */
  readonly watched: string | undefined;
  /** Whether the patient works for the organisation. */
  readonly isStaff: boolean;
  readonly patient: PersonFacts;
  readonly agent: PersonFacts;
  readonly activity: Activity;
}

/** A rule that an access meets, with the reason in words. */
export interface Finding {
  readonly rule: FlagRule;
  readonly reason: string;
}

/** Past days that a usual volume is told from. */
const MIN_DAYS = 5; // fewer say little about a person's work
/** Different patients a day that are never unusual. */
const FLOOR = 20; // a morning on a ward
/** Different patients a day that are unusual for somebody of whom nothing is known. */
const CEILING_UNKNOWN = 60; // more than a clinic's day
/** Standard deviations above the mean. */
const DEVIATIONS = 3; // one day in some hundreds, were days alike
/** Accesses that usual hours are told from. */
const MIN_ACCESSES = 100; // about a week's work
/** Part of them that an hour and its neighbours have when it is usual. */
const USUAL_PART = 0.01; // one in a hundred

/** The rules that an access meets, in a fixed order. Pure. */
export function findingsOf(access: Access): Finding[] {
  const { watched, isStaff, patient, agent, activity, time } = access;
  const found: Finding[] = [];
  if (watched !== undefined) found.push({ rule: 'vip', reason: `The patient is watched over: ${watched}.` });
  if (isStaff)
    found.push({ rule: 'co-worker', reason: 'The patient works for the same organisation as who looked.' });
  if (patient.addresses.some((one) => agent.addresses.some((other) => areNeighbours(one, other))))
    found.push({ rule: 'neighbour', reason: 'The patient lives in the same street as who looked.' });
  if (patient.surnames.some((name) => agent.surnames.includes(name)))
    found.push({ rule: 'same-surname', reason: 'The patient has the surname of who looked.' });
  const volume = unusualVolume(activity);
  if (volume !== undefined) found.push({ rule: 'unusual-volume', reason: volume });
  const hour = unusualHour(activity, time);
  if (hour !== undefined) found.push({ rule: 'unusual-hour', reason: hour });
  return found;
}

/** The same street in the same place; house numbers, which stand before or behind, do not count. */
function areNeighbours(one: AddressFacts, other: AddressFacts): boolean {
  const street = streetOf(one.line);
  return street !== '' && one.place !== '' && one.place === other.place && street === streetOf(other.line);
}

function streetOf(line: string): string {
  return line
    .replace(/^\d+[a-z]?\s+/, '')
    .replace(/\s+\d+[a-z]?$/, '')
    .trim();
}

function unusualVolume({ days, today }: Activity): string | undefined {
  const count = today.patients.length;
  if (days.length < MIN_DAYS) {
    return count > CEILING_UNKNOWN
      ? `${count} different patients in a day, and little is known of what is usual.`
      : undefined;
  }
  const mean = days.reduce((sum, { patients }) => sum + patients, 0) / days.length;
  const variance = days.reduce((sum, { patients }) => sum + (patients - mean) ** 2, 0) / days.length;
  const limit = Math.max(FLOOR, mean + DEVIATIONS * Math.sqrt(variance));
  if (count <= limit) return undefined;
  return `${count} different patients in a day; ${Math.round(mean)} are usual, ${Math.round(limit)} the limit.`;
}

function unusualHour({ hours }: Activity, time: Date): string | undefined {
  const total = hours.reduce((sum, count) => sum + count, 0);
  if (total < MIN_ACCESSES) return undefined;
  const hour = time.getUTCHours();
  const around = [23, 0, 1].reduce((sum, step) => sum + (hours[(hour + step) % 24] ?? 0), 0);
  if (around / total >= USUAL_PART) return undefined;
  return `At ${String(hour).padStart(2, '0')}:00 UTC; of ${total} earlier accesses ${around} were around that hour.`;
}

const HOURS = 24; // of a day
/** Past days that are kept. */
const MAX_DAYS = 30; // a month of work
/** Patients of one day that are told apart. */
const MAX_PATIENTS = 5_000; // beyond this the day is unusual whatever follows

/** An agent of whom nothing is known. */
export const NO_ACTIVITY: Activity = {
  hours: Array.from({ length: HOURS }, () => 0),
  days: [],
  today: { day: '', patients: [] },
};

/** The activity with one more access; the hour is counted by {@link withHour}, once the access was judged by what was before. */
export function withPatient(activity: Activity, time: Date, patient: string): Activity {
  const day = time.toISOString().slice(0, 10);
  const { today, days } = activity;
  if (today.day !== day) {
    const past =
      today.day === ''
        ? days
        : [{ day: today.day, patients: today.patients.length }, ...days].slice(0, MAX_DAYS);
    return { ...activity, days: past, today: { day, patients: [patient] } };
  }
  if (today.patients.includes(patient) || today.patients.length >= MAX_PATIENTS) return activity;
  return { ...activity, today: { day, patients: [...today.patients, patient] } };
}

/** Counts the hour of an access. */
export function withHour(activity: Activity, time: Date): Activity {
  const hour = time.getUTCHours();
  return { ...activity, hours: activity.hours.map((count, at) => (at === hour ? count + 1 : count)) };
}

/** A stretch of time, both ends inclusive, milliseconds since 1970 UTC. */
export interface TimeRange {
  readonly low: number;
  readonly high: number;
}

/** Stands for "no beginning": R4's years begin with 0001. */
export const EARLIEST_TIME = Date.parse('0001-01-01T00:00:00.000Z');
/** Stands for "no end": R4's years end with 9999. */
export const LATEST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

const TIME =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const MINUTE_MS = 60_000; // 60 s

/**
 * The time that a FHIR date, dateTime or instant covers: a year, a month, a day (in UTC, as no zone is given), a minute,
 * a second or a millisecond. Undefined for text of another form or a day that no calendar has. A search value may leave out
 * seconds and zone (R4 §3.1.1.5.7), a resource may not.
 */
export function timeRange(text: string): TimeRange | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, zone] = match;
  if (year === '0000') return undefined;
  const y = Number(year);
  if (month === undefined) return range(utc(y, 0, 1), utc(y + 1, 0, 1));
  const m = Number(month) - 1;
  if (m < 0 || m > 11) return undefined;
  if (day === undefined) return range(utc(y, m, 1), utc(y, m + 1, 1));
  const d = Number(day);
  if (new Date(utc(y, m, d)).getUTCDate() !== d || d === 0) return undefined;
  if (hour === undefined || minute === undefined) return range(utc(y, m, d), utc(y, m, d + 1));
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return undefined;
  const offset = zoneOffsetMs(zone);
  if (offset === undefined) return undefined;
  const start = utc(y, m, d) + Number(hour) * 60 * MINUTE_MS + Number(minute) * MINUTE_MS - offset;
  if (second === undefined) return { low: start, high: start + MINUTE_MS - 1 };
  // A leap second is the last one that computers can count.
  const seconds = start + Math.min(Number(second), 59) * 1000;
  if (fraction === undefined) return { low: seconds, high: seconds + 999 };
  const ms = Number(`${fraction}00`.slice(0, 3));
  const width = 10 ** Math.max(0, 3 - fraction.length);
  return { low: seconds + ms, high: seconds + ms + width - 1 };
}

/** UTC time of a day; `Date.UTC` would take the years 0 to 99 as 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

function range(low: number, next: number): TimeRange {
  return { low, high: Math.min(next - 1, LATEST_TIME) };
}

function zoneOffsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

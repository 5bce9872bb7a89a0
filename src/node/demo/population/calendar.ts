import type { Random } from './xoshiro128.ts';

/** Milliseconds of an hour. */
export const HOUR_MS = 3_600_000;
/** Milliseconds of a day. */
export const DAY_MS = 24 * HOUR_MS;
/** Milliseconds of a mean Gregorian year. */
export const YEAR_MS = 365.2425 * DAY_MS;

/** The four organisations stand in one place, five hours behind UTC, without summer time. */
const LOCAL_OFFSET_MS = -5 * HOUR_MS;
const LOCAL_OFFSET = '-05:00';
/** Local hour in which the first appointment begins. */
const OPENING_HOUR = 8;
/** Local hour before which the last one begins. */
const CLOSING_HOUR = 17;
/** Appointments begin on the quarter hour. */
const APPOINTMENT_GRID_MS = HOUR_MS / 4;

function localText(atMs: number): string {
  return new Date(atMs + LOCAL_OFFSET_MS).toISOString();
}

/** Returns the local date, `2024-05-17`. */
export function dateOf(atMs: number): string {
  return localText(atMs).slice(0, 10);
}

/** Returns the local date and time with its offset, `2024-05-17T09:15:00-05:00` (a FHIR dateTime and instant). */
export function instantOf(atMs: number): string {
  return `${localText(atMs).slice(0, 19)}${LOCAL_OFFSET}`;
}

/** Returns the local calendar year. */
export function yearOf(atMs: number): number {
  return new Date(atMs + LOCAL_OFFSET_MS).getUTCFullYear();
}

/** Returns the local month, 1 to 12. */
export function monthOf(atMs: number): number {
  return new Date(atMs + LOCAL_OFFSET_MS).getUTCMonth() + 1;
}

/** Returns local midnight of the day that holds the moment. */
function midnightOf(atMs: number): number {
  return Math.floor((atMs + LOCAL_OFFSET_MS) / DAY_MS) * DAY_MS - LOCAL_OFFSET_MS;
}

/** Days on which nobody has an appointment: month and day. */
const HOLIDAYS: readonly string[] = ['01-01', '07-04', '12-25'];

function closed(atMs: number): boolean {
  const weekday = new Date(atMs + LOCAL_OFFSET_MS).getUTCDay();
  return weekday === 0 || weekday === 6 || HOLIDAYS.includes(dateOf(atMs).slice(5));
}

/** Returns a moment within opening hours on that day, or on the next working day when it is none. */
export function appointmentOn(atMs: number, random: Random): number {
  let midnightMs = midnightOf(atMs);
  while (closed(midnightMs)) midnightMs += DAY_MS;
  const slots = ((CLOSING_HOUR - OPENING_HOUR) * HOUR_MS) / APPOINTMENT_GRID_MS;
  return midnightMs + OPENING_HOUR * HOUR_MS + random.integer(0, slots - 1) * APPOINTMENT_GRID_MS;
}

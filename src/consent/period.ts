/** A stretch of time in milliseconds since 1970: from `fromMs` on, before `untilMs`. An absent end is open. */
export interface Period {
  readonly fromMs?: number;
  readonly untilMs?: number;
}

const DATE_TIME = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/**
 * First and last-but-open instant that a FHIR dateTime stands for: a day, month or year is all of it, in UTC
 * (FHIR R4 §Period: the end includes everything that its precision covers). Undefined when the text is no dateTime.
 */
export function instantsOf(text: string): { readonly fromMs: number; readonly untilMs: number } | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year = '', month, day, hours] = match;
  if (hours !== undefined) {
    const fromMs = Date.parse(text);
    return Number.isNaN(fromMs) ? undefined : { fromMs, untilMs: fromMs + (text.includes('.') ? 1 : 1000) };
  }
  const y = Number(year);
  const m = month === undefined ? 0 : Number(month) - 1;
  const d = day === undefined ? 1 : Number(day);
  const from = new Date(0);
  from.setUTCFullYear(y, m, d); // Date.UTC would read the years 0 to 99 as 19xx
  if (from.getUTCMonth() !== m || from.getUTCDate() !== d) return undefined;
  const until = new Date(from);
  if (month === undefined) until.setUTCFullYear(y + 1);
  else if (day === undefined) until.setUTCMonth(m + 1);
  else until.setUTCDate(d + 1);
  return { fromMs: from.getTime(), untilMs: until.getTime() };
}

/** The part that two periods share; possibly empty (`untilMs` ≤ `fromMs`), which nothing lies in. */
export function overlap(a: Period, b: Period): Period {
  const from = Math.max(a.fromMs ?? Number.NEGATIVE_INFINITY, b.fromMs ?? Number.NEGATIVE_INFINITY);
  const until = Math.min(a.untilMs ?? Number.POSITIVE_INFINITY, b.untilMs ?? Number.POSITIVE_INFINITY);
  return {
    ...(Number.isFinite(from) ? { fromMs: from } : {}),
    ...(Number.isFinite(until) ? { untilMs: until } : {}),
  };
}

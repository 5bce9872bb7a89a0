import type { DateValue } from '../../r4/index.ts';

/**
 * Dates of birth and death are known to the index by decade, year, month and day only, each hashed. A range is asked for
 * by the largest of these that cover it.
 */

/** Ranges look at these years: nobody alive or yet to be born in a record's lifetime falls outside. */
const FIRST_YEAR = 1800;
const LAST_YEAR = 2199; // as above, the other end
const DAY_MS = 86_400_000; // 24 h

/** Forms of a date as the resource writes it: `1970`, `1970-05` or `1970-05-01`. */
export function dateForms(value: string): string[] {
  const [year = '', month, day] = value.split('-');
  const forms = [decadeForm(Number(year)), `y:${year}`];
  if (month === undefined) return [...forms, `Y:${year}`];
  forms.push(`m:${year}-${month}`);
  return day === undefined ? [...forms, `M:${year}-${month}`] : [...forms, `d:${value}`];
}

/** Form of a date as it is asked for: it matches dates within it. */
export function dateForm(text: string): string {
  return `${['y', 'm', 'd'][text.split('-').length - 1] ?? 'd'}:${text}`;
}

/**
 * The forms that together say what the prefix asks; undefined for `ne`, which no list of values answers. A date that is
 * less precise than the bound matches `gt` and `lt` when part of it lies beyond (R4 §3.1.1.5.3).
 */
export function rangeForms({ prefix, low, high, text }: DateValue): string[] | undefined {
  switch (prefix) {
    case 'eq':
      return [dateForm(text)];
    case 'gt':
      return from(dayOf(high) + 1, true);
    case 'ge':
      return [dateForm(text), ...from(dayOf(high) + 1, true)];
    case 'sa':
      return from(dayOf(high) + 1, false);
    case 'lt':
      return until(dayOf(low) - 1, true);
    case 'le':
      return [dateForm(text), ...until(dayOf(low) - 1, true)];
    case 'eb':
      return until(dayOf(low) - 1, false);
    case 'ne':
    case 'ap':
      return undefined;
  }
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

interface Calendar {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function calendar(day: number): Calendar {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Dates on a day or later; `overlapping`: months and years without a day count when they end on it or later. */
function from(first: number, overlapping: boolean): string[] {
  const { year, month, day } = calendar(first);
  const forms = yearForms(month === 1 && day === 1 ? year : year + 1, LAST_YEAR);
  if (month === 1 && day === 1) return forms;
  if (overlapping) forms.push(`Y:${pad(year, 4)}`);
  for (let each = day === 1 ? month : month + 1; each <= 12; each += 1)
    forms.push(monthForm('m', year, each));
  if (day === 1) return forms;
  if (overlapping) forms.push(monthForm('M', year, month));
  for (let each = day; each <= daysIn(year, month); each += 1) forms.push(dayForm(year, month, each));
  return forms;
}

/** Dates on a day or earlier; `overlapping`: months and years without a day count when they begin on it or earlier. */
function until(last: number, overlapping: boolean): string[] {
  const { year, month, day } = calendar(last);
  const endsMonth = day === daysIn(year, month);
  const endsYear = endsMonth && month === 12;
  const forms = yearForms(FIRST_YEAR, endsYear ? year : year - 1);
  if (endsYear) return forms;
  if (overlapping) forms.push(`Y:${pad(year, 4)}`);
  for (let each = 1; each <= (endsMonth ? month : month - 1); each += 1)
    forms.push(monthForm('m', year, each));
  if (endsMonth) return forms;
  if (overlapping) forms.push(monthForm('M', year, month));
  for (let each = 1; each <= day; each += 1) forms.push(dayForm(year, month, each));
  return forms;
}

/** Whole decades where they fit, years at the edges. */
function yearForms(first: number, last: number): string[] {
  const forms: string[] = [];
  for (let year = Math.max(first, FIRST_YEAR); year <= Math.min(last, LAST_YEAR); ) {
    const whole = year % 10 === 0 && year + 9 <= last;
    forms.push(whole ? decadeForm(year) : `y:${pad(year, 4)}`);
    year += whole ? 10 : 1;
  }
  return forms;
}

function decadeForm(year: number): string {
  return `D:${Math.floor(year / 10)}`;
}

function monthForm(kind: 'm' | 'M', year: number, month: number): string {
  return `${kind}:${pad(year, 4)}-${pad(month, 2)}`;
}

function dayForm(year: number, month: number, day: number): string {
  return `d:${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

import type { Term } from '../code-system.ts';
import {
  DTAP,
  DTAP_IPV,
  HEPATITIS_A,
  HEPATITIS_B,
  HIB,
  HPV9,
  IPV,
  MENINGOCOCCAL,
  MMR,
  PCV13,
  PCV20,
  ROTAVIRUS,
  TDAP,
  VARICELLA,
} from '../terminology/vaccines.ts';

/** Months of age of the well-child visits up to three years (AAP Bright Futures); yearly from then on. */
export const INFANT_VISIT_MONTHS = [1, 2, 4, 6, 9, 12, 15, 18, 24, 30, 36] as const;

/** From 2023 on infants get the 20-valent pneumococcal vaccine. */
const FIRST_PCV20_YEAR = 2023;
const pneumococcal = (year: number): Term => (year < FIRST_PCV20_YEAR ? PCV13 : PCV20);

/** The schedule counts in months. */
export const YEAR_MONTHS = 12;

/** Vaccines by month of age (CDC schedule, one usual way through it). */
const SCHEDULE: Readonly<Record<number, (year: number) => readonly Term[]>> = {
  1: () => [HEPATITIS_B],
  2: (year) => [HEPATITIS_B, ROTAVIRUS, DTAP, HIB, pneumococcal(year), IPV],
  4: (year) => [ROTAVIRUS, DTAP, HIB, pneumococcal(year), IPV],
  6: (year) => [HEPATITIS_B, DTAP, pneumococcal(year), IPV],
  12: (year) => [MMR, VARICELLA, HEPATITIS_A, HIB, pneumococcal(year)],
  15: () => [DTAP],
  18: () => [HEPATITIS_A],
  48: () => [DTAP_IPV, MMR, VARICELLA],
  [11 * YEAR_MONTHS]: () => [TDAP, MENINGOCOCCAL, HPV9],
  [12 * YEAR_MONTHS]: () => [HPV9],
  [16 * YEAR_MONTHS]: () => [MENINGOCOCCAL],
};

/** Returns the vaccines due at the visit of that month of age, none for most. */
export function vaccinesDue(month: number, year: number): readonly Term[] {
  return SCHEDULE[month]?.(year) ?? [];
}

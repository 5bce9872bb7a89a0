import { loinc, type Term } from '../code-system.ts';

/** Something that is measured: its LOINC code, its unit as printed and in UCUM, and how precisely it is reported. */
export interface Measurement {
  readonly code: Term;
  readonly category: 'vital-signs' | 'laboratory' | 'survey' | 'exam' | 'procedure';
  readonly unit: string;
  readonly ucum: string;
  /** Digits after the point. */
  readonly digits: number;
  /** Reference range of an adult; an open end is left out. */
  readonly low?: number;
  readonly high?: number;
  /** Mean and deviation among healthy adults. */
  readonly usual: readonly [mean: number, deviation: number];
}

/** Several measurements of one order, reported together. */
export interface Panel {
  readonly code: Term;
  readonly members: readonly Measurement[];
}

type Range = readonly [low: number | undefined, high: number | undefined];
type Row = readonly [
  code: string,
  display: string,
  unit: string,
  ucum: string,
  digits: number,
  usual: readonly [number, number],
  range?: Range,
];

/** Returns a maker of measurements of that category from rows of a table. */
export function measurements(category: Measurement['category']): (...row: Row) => Measurement {
  return (code, display, unit, ucum, digits, usual, range) => ({
    code: loinc(code, display),
    category,
    unit,
    ucum,
    digits,
    usual,
    ...(range?.[0] === undefined ? {} : { low: range[0] }),
    ...(range?.[1] === undefined ? {} : { high: range[1] }),
  });
}

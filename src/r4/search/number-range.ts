/** A number and the range that its written digits stand for: 100 is 99.5 to 100.5, 1e2 is 95 to 105 … */
export interface NumberRange {
  readonly value: number;
  /** Inclusive. */
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

const DECIMAL = /^[+-]?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal with its implicit precision (R4 §3.1.1.5.4: 5.4 stands for 5.35 to 5.45; 1e2 for 95 to 105, which has
 * one significant digit). Undefined for other text and for numbers that a double cannot hold.
 */
export function numberRange(text: string): NumberRange | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const value = Number(text);
  const [, , fraction = '', exponent = '0'] = match;
  const half = Number(`5e${Number(exponent) - fraction.length - 1}`);
  if (!Number.isFinite(value) || !Number.isFinite(half)) return undefined;
  return { value, low: shift(value, -half), high: shift(value, half) };
}

/** Adds without the noise of binary fractions: 5.4 + 0.05 is 5.45, not 5.450000000000001. */
function shift(value: number, by: number): number {
  return Number((value + by).toPrecision(15));
}

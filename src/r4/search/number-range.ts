/** A number and the range that its written digits stand for: 100 is 99.5 to 100.5, 1e2 is 50 to 150. */
export interface NumberRange {
  readonly value: number;
  /** Inclusive. */
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal with its implicit precision (R4 §3.1.1.5.4: 5.4 stands for 5.35 to 5.45; 1e2 has one significant digit
 * and stands for 50 to 150). Undefined for other text and for numbers that a double cannot hold.
 */
export function numberRange(text: string): NumberRange | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  // Half a unit of the last digit is added to the digits themselves: doubles would add noise.
  const digits = BigInt(`${whole}${fraction}0`) * (sign === '-' ? -1n : 1n);
  const scale = Number(exponent) - fraction.length - 1;
  const [value, low, high] = [digits, digits - 5n, digits + 5n].map((each) => Number(`${each}e${scale}`));
  if (value === undefined || low === undefined || high === undefined) return undefined;
  return Number.isFinite(low) && Number.isFinite(high) ? { value, low, high } : undefined;
}

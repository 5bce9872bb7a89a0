/** Returns a value on its way from one level to another: half of what is left is covered every `halfYears` years. */
export function towards(from: number, to: number, years: number, halfYears: number): number {
  return to + (from - to) * 0.5 ** (Math.max(0, years) / halfYears);
}

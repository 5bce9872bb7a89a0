/** Median height (cm) and weight (kg) of both sexes by age in years, after the CDC and WHO growth charts. */
const MEDIANS: readonly (readonly [years: number, heightCm: number, weightKg: number])[] = [
  [0, 50, 3.4],
  [0.25, 60.5, 6.1],
  [0.5, 66.7, 7.6],
  [0.75, 71, 8.6],
  [1, 75, 9.4],
  [1.5, 81.5, 10.7],
  [2, 87, 12.2],
  [3, 95.5, 14.3],
  [4, 102.5, 16.3],
  [5, 109.5, 18.4],
  [6, 115.5, 20.7],
  [8, 127.5, 25.8],
  [10, 138, 32.5],
  [12, 150, 41],
  [14, 162, 51],
  [16, 168, 60],
  [18, 170, 66],
];

function median(ageYears: number, column: 1 | 2): number {
  const above = MEDIANS.findIndex(([years]) => years > ageYears);
  const upper = MEDIANS[above] ?? MEDIANS[MEDIANS.length - 1];
  const lower = MEDIANS[above - 1] ?? upper;
  if (upper === undefined || lower === undefined || upper === lower) return upper?.[column] ?? 0;
  const share = (ageYears - lower[0]) / (upper[0] - lower[0]);
  return lower[column] + (upper[column] - lower[column]) * share;
}

/** Returns the median height in cm at that age, from birth to 18. */
export function heightOfChild(ageYears: number): number {
  return median(Math.max(0, ageYears), 1);
}

/** Returns the median weight in kg at that age, from birth to 18. */
export function weightOfChild(ageYears: number): number {
  return median(Math.max(0, ageYears), 2);
}

/** Returns the median head circumference in cm of an infant up to three years. */
export function headOfInfant(ageYears: number): number {
  return 34.5 + 14.5 * (1 - Math.exp(-1.9 * Math.max(0, ageYears)));
}

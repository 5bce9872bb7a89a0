/** `JSON.rawJSON` (ECMAScript 2026), which TypeScript's library does not declare yet. */
interface RawJson {
  rawJSON(text: string): unknown;
}

/**
 * Returns a number that `JSON.stringify` writes with exactly that many digits after the point: `decimal(5.4, 2)` becomes
 * `5.40`. In FHIR the precision of a decimal is significant (R4, datatypes, decimal). The value is good for serialising only.
 */
export function decimal(value: number, digits: number): number {
  const text = value.toFixed(digits);
  return (JSON as unknown as RawJson).rawJSON(text) as number;
}

/** Returns the value as `decimal(value, digits)` writes it, for arithmetic that has to agree with what was written. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

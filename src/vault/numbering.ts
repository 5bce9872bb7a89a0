/** Row ids of clinical resources stay below, entry numbers from here on: the two never meet, and both fit in six bytes. */
export const FIRST_ENTRY = 2 ** 40;
/** One audit or organisation key seals at most as many entries or resources as one block (DESIGN §5). */
export const KEY_BLOCK = 2 ** 24;

/** Number of the series key that serves an entry or row id. */
export function seriesOf(number: number): number {
  return Math.floor(number / KEY_BLOCK);
}

/** Whether a row id belongs to a resource in audit custody, whose row id is the number of its first entry. */
export function inAuditCustody(rid: number): boolean {
  return rid >= FIRST_ENTRY;
}

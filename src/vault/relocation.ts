import type { Database } from '../database/index.ts';
import { VaultError } from './error.ts';

/** Entries that now stand elsewhere in the log: those of leaves `from` (inclusive) to `beyond` begin at `to`. */
export interface Relocation {
  readonly from: number;
  readonly beyond: number;
  readonly to: number;
}

/**
 * Follows entries that the log moved when it took back leaves from the members' mirrors. Runs inside the transaction that
 * moves them. Throws `VaultError` `damaged` when a page of openings would be torn apart, which undoes the move.
 */
export function relocateEntries(database: Database, { from, beyond, to }: Relocation): void {
  const torn = database
    .prepare(
      'SELECT 1 AS torn FROM vault_pages WHERE (leaf < ?1 AND leaf + count > ?1) OR (leaf < ?2 AND leaf + count > ?2) LIMIT 1',
    )
    .get(from, beyond);
  if (torn !== undefined)
    throw new VaultError('damaged', 'The log moved half of a page of entries; run "holdfast fsck".');
  database
    .prepare('UPDATE vault_pages SET leaf = leaf + ? WHERE leaf >= ? AND leaf < ?')
    .run(to - from, from, beyond);
}

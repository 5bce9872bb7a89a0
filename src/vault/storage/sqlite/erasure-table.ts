import type { Database } from '../../../database/index.ts';
import { blindBytes, blindOf } from '../../blind-index/blind-key.ts';
import type { Batch, HoldRow } from '../rows.ts';

/** Tombstones, erasures that were applied, and the holds that forbid them. All of them are few. */
export class ErasureTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes what a batch says of tombstones and holds. */
  write({ tombstones, holds, releasedHolds }: Batch): void {
    for (const entry of tombstones) {
      this.#database.prepare('INSERT INTO vault_tombstones VALUES (?)').run(entry);
    }
    for (const { id, name, sealed } of holds) {
      this.#database.prepare('INSERT INTO vault_holds VALUES (?, ?, ?)').run(id, blindBytes(name), sealed);
    }
    for (const id of releasedHolds) this.#database.prepare('DELETE FROM vault_holds WHERE id = ?').run(id);
  }

  /** Remembers that the erasure of a key was applied. */
  apply(keyId: Uint8Array): void {
    this.#database.prepare('INSERT OR IGNORE INTO vault_applied VALUES (?)').run(keyId);
  }

  /** Entries that hold tombstones, oldest first. */
  tombstones(): number[] {
    const sql = 'SELECT entry FROM vault_tombstones ORDER BY entry';
    return this.#database
      .prepare(sql)
      .all<{ entry: number }>()
      .map(({ entry }) => entry);
  }

  /** Keys whose erasure was applied. */
  applied(): Uint8Array[] {
    const rows = this.#database.prepare('SELECT key_id AS id FROM vault_applied').all<{ id: Uint8Array }>();
    return rows.map(({ id }) => id);
  }

  /** Holds that stand. */
  holds(): HoldRow[] {
    const rows = this.#database
      .prepare('SELECT id, name, sealed FROM vault_holds ORDER BY id')
      .all<Omit<HoldRow, 'name'> & { name: Uint8Array }>();
    return rows.map((row) => ({ ...row, name: blindOf(row.name) }));
  }
}

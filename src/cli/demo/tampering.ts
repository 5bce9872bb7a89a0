import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The byte that was changed. */
export interface Tampered {
  readonly file: string;
  readonly row: number;
  readonly byte: number;
}

/**
 * Changes one bit of one sealed record in an organisation's database, as somebody with the disk in hand would: from the file
 * nobody can tell whose record it is.
 */
export function tamper(data: string, organisation: string): Tampered {
  const file = join('organisations', organisation, 'data.db');
  const database = new DatabaseSync(join(data, file));
  try {
    const found = database
      .prepare(
        'SELECT entry, sealed FROM vault_versions WHERE sealed IS NOT NULL ORDER BY length(sealed) DESC LIMIT 1',
      )
      .get() as { entry: number; sealed: Uint8Array };
    const byte = Math.floor(found.sealed.length / 2);
    const sealed = Uint8Array.from(found.sealed, (value, at) => (at === byte ? value ^ 1 : value));
    database.prepare('UPDATE vault_versions SET sealed = ? WHERE entry = ?').run(sealed, found.entry);
    return { file, row: found.entry, byte };
  } finally {
    database.close();
  }
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A sealed or hashed value in a database file. */
export interface Blob {
  readonly file: string;
  readonly table: string;
  readonly column: string;
  readonly rowid: number;
  readonly sizeBytes: number;
}

/** The SQLite files of a data folder, relative to it. */
export function databaseFiles(data: string): string[] {
  return readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.db'));
}

/** The largest blob of each table and column that holds any, over every database of a data folder. */
export function largestBlobs(data: string): Blob[] {
  return databaseFiles(data).flatMap((file) => {
    const database = new DatabaseSync(join(data, file), { readOnly: true });
    try {
      return tablesOf(database).flatMap((table) =>
        columnsOf(database, table).flatMap((column) => {
          const row = database
            .prepare(
              `SELECT rowid AS at, length("${column}") AS size FROM "${table}" WHERE typeof("${column}") = 'blob' ORDER BY 2 DESC LIMIT 1`,
            )
            .get() as { at: number; size: number } | undefined;
          return row === undefined || row.size === 0
            ? []
            : [{ file, table, column, rowid: row.at, sizeBytes: row.size }];
        }),
      );
    } finally {
      database.close();
    }
  });
}

function tablesOf(database: DatabaseSync): string[] {
  const rows = database
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 AND name NOT LIKE 'sqlite_%'`,
    )
    .all() as { name: string }[];
  return rows.map(({ name }) => name);
}

function columnsOf(database: DatabaseSync, table: string): string[] {
  const rows = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[];
  return rows.map(({ name }) => name);
}

/** Flips one bit in the middle of a blob, as somebody with the disk in hand would. */
export function flipOneBit(data: string, { file, table, column, rowid }: Blob): void {
  const database = new DatabaseSync(join(data, file));
  try {
    const row = database
      .prepare(`SELECT "${column}" AS value FROM "${table}" WHERE rowid = ?`)
      .get(rowid) as {
      value: Uint8Array;
    };
    const at = Math.floor(row.value.length / 2);
    row.value[at] = (row.value[at] ?? 0) ^ 1;
    database.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE rowid = ?`).run(row.value, rowid);
  } finally {
    database.close();
  }
}

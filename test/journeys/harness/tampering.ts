import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { temporaryFolder } from './checkout.ts';
import { holdfast, type Ran } from './command.ts';

/** A value in a database file that somebody with the disk in hand could change. */
export interface StoredValue {
  readonly file: string;
  readonly table: string;
  readonly column: string;
  readonly rowid: number;
  readonly kind: 'blob' | 'text';
  readonly sizeBytes: number;
}

/** The SQLite files of a data folder, relative to it. */
export function databaseFiles(data: string): string[] {
  return readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.db'));
}

/** The largest value of a kind in each table and column that holds any, over every database of a data folder, largest first. */
export function largestValues(data: string, kind: StoredValue['kind'] = 'blob'): StoredValue[] {
  const found = databaseFiles(data).flatMap((file) => {
    const database = new DatabaseSync(join(data, file), { readOnly: true });
    try {
      return tablesOf(database).flatMap((table) =>
        columnsOf(database, table).flatMap((column) => {
          const sql = `SELECT rowid AS at, length("${column}") AS size FROM "${table}" WHERE typeof("${column}") = '${kind}' ORDER BY 2 DESC LIMIT 1`;
          const row = database.prepare(sql).get() as { at: number; size: number } | undefined;
          if (row === undefined || row.size === 0) return [];
          return [{ file, table, column, rowid: row.at, kind, sizeBytes: row.size }];
        }),
      );
    } finally {
      database.close();
    }
  });
  return found.sort((a, b) => b.sizeBytes - a.sizeBytes);
}

function tablesOf(database: DatabaseSync): string[] {
  const sql = `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 AND name NOT LIKE 'sqlite_%'`;
  return (database.prepare(sql).all() as { name: string }[]).map(({ name }) => name);
}

function columnsOf(database: DatabaseSync, table: string): string[] {
  const rows = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[];
  return rows.map(({ name }) => name);
}

/** One bit less or more in the middle; of text, another digit or letter in the place of one. */
function altered(value: Uint8Array | string): Uint8Array | string {
  if (typeof value !== 'string') {
    const at = Math.floor(value.length / 2);
    value[at] = (value[at] ?? 0) ^ 1;
    return value;
  }
  const places = [...value.matchAll(/[0-9a-z]/g)];
  const at = places[Math.floor(places.length / 2)]?.index ?? 0;
  const other = /[0-8a-y]/.test(value[at] ?? '') ? String.fromCharCode(value.charCodeAt(at) + 1) : 'a';
  return value.slice(0, at) + other + value.slice(at + 1);
}

/** Changes a value where it lies. */
export function tamper(data: string, { file, table, column, rowid }: StoredValue): void {
  const database = new DatabaseSync(join(data, file));
  try {
    const row = database
      .prepare(`SELECT "${column}" AS value FROM "${table}" WHERE rowid = ?`)
      .get(rowid) as {
      value: Uint8Array | string;
    };
    database.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE rowid = ?`).run(altered(row.value), rowid);
  } finally {
    database.close();
  }
}

/** What `fsck` says of a copy of a stopped node's folder in which one value was changed. */
export async function checkTampered(data: string, value: StoredValue): Promise<Ran> {
  const copy = join(temporaryFolder('tampered'), 'data');
  cpSync(data, copy, { recursive: true });
  tamper(copy, value);
  return holdfast(['fsck', '--data', copy, '--json']);
}

import { renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { DatabaseError } from './error.ts';

/**
 * Brings a database to the newest schema. `user_version` counts the scripts already applied; each runs in a transaction
 * of its own together with the new count. With `backup`, a database that already holds data is first copied to
 * `<path>.v<old version>.backup`. Throws `DatabaseError` `newer-schema`, having changed nothing, when the file was
 * written by a newer program.
 */
export function migrate(
  database: DatabaseSync,
  path: string,
  migrations: readonly string[],
  backup: boolean,
): void {
  const version = userVersion(database);
  if (version > migrations.length) {
    throw new DatabaseError(
      'newer-schema',
      `the database has schema version ${version} and this program knows ${migrations.length}; install a newer program`,
    );
  }
  if (version === migrations.length) return;
  if (backup && version > 0) copyBefore(database, `${path}.v${version}.backup`);
  for (const [index, script] of migrations.entries()) {
    if (index >= version) apply(database, script, index + 1);
  }
}

function userVersion(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.user_version ?? 0);
}

function copyBefore(database: DatabaseSync, target: string): void {
  // Written under another name first: a copy that was cut short must never look like a backup.
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  database.prepare('VACUUM INTO ?').run(partial);
  renameSync(partial, target);
}

function apply(database: DatabaseSync, script: string, version: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(script);
    database.exec(`PRAGMA user_version = ${version}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

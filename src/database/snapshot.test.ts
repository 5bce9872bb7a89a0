import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatabaseError, openDatabase, openSnapshot } from './index.ts';

const SCHEMA = ['CREATE TABLE item (id INTEGER PRIMARY KEY) STRICT'];
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-snapshot-'));
  path = join(folder, 'a.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const count = (database: { prepare(sql: string): { get<T>(): T | undefined } }) =>
  database.prepare('SELECT count(*) AS n FROM item').get<{ n: number }>()?.n;

test('what a writer commits later is neither seen nor copied', async () => {
  const writer = openDatabase({ path, migrations: SCHEMA });
  const add = () => writer.transaction(() => writer.prepare('INSERT INTO item DEFAULT VALUES').run());
  add();
  const snapshot = openSnapshot({ path, migrations: SCHEMA });
  add();
  expect([count(snapshot), count(writer)]).toEqual([1, 2]);
  await snapshot.backup(join(folder, 'copy.db'));
  snapshot.close();
  writer.close();
  const copy = openSnapshot({ path: join(folder, 'copy.db'), immutable: true });
  expect([count(copy), copy.problems()]).toEqual([1, []]);
  copy.close();
});

test('nothing can be written through it, and of a file at rest not even side files are made', () => {
  openDatabase({ path, migrations: SCHEMA }).close();
  const snapshot = openSnapshot({ path, migrations: SCHEMA, immutable: true });
  expect(() => snapshot.transaction(() => undefined)).toThrow(/only read/);
  expect(() => snapshot.checkpoint()).toThrow(/only read/);
  expect(() => snapshot.prepare('INSERT INTO item DEFAULT VALUES').run()).toThrow(DatabaseError);
  expect(count(snapshot)).toBe(0);
  snapshot.close();
  expect(readdirSync(folder)).toEqual(['a.db']);
});

test.each([
  ['a newer program', [], 'newer-schema'],
  ['an older program', [...SCHEMA, 'CREATE TABLE more (id INTEGER) STRICT'], 'io'],
])('a file of %s is refused', (_what, migrations, code) => {
  openDatabase({ path, migrations: SCHEMA }).close();
  expect(() => openSnapshot({ path, migrations })).toThrow(expect.objectContaining({ code }));
});

test('a file that is no database is corrupt, one that is not there an i/o failure', () => {
  writeFileSync(path, 'not a database '.repeat(100));
  expect(() => openSnapshot({ path })).toThrow(expect.objectContaining({ code: 'corrupt' }));
  expect(() => openSnapshot({ path: join(folder, 'absent.db') })).toThrow(
    expect.objectContaining({ code: 'io' }),
  );
});

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseError, lockFolder, openDatabase } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-database-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SCHEMA = 'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, bytes BLOB) STRICT';

function open(path = join(folder, 'a.db'), migrations: readonly string[] = [SCHEMA]) {
  return openDatabase({ path, migrations });
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof DatabaseError ? error.code : `other: ${String(error)}`;
  }
  return undefined;
}

describe('bad files', () => {
  test('garbage in place of a database is corrupt', () => {
    writeFileSync(join(folder, 'a.db'), 'not a database '.repeat(1000));
    expect(codeOf(() => open())).toBe('corrupt');
  });

  test('a truncated file is found as corrupt', () => {
    const database = open();
    const insert = database.prepare('INSERT INTO item (name, bytes) VALUES (?, ?)');
    database.transaction(() => {
      for (let i = 0; i < 500; i++) insert.run(`name ${i}`, new Uint8Array(1000));
    });
    database.close();
    truncateSync(join(folder, 'a.db'), Math.floor(statSync(join(folder, 'a.db')).size / 2));
    expect(
      codeOf(() => {
        const again = open();
        try {
          expect(again.problems()).not.toEqual([]);
          again.prepare('SELECT sum(length(bytes)) FROM item').get();
        } finally {
          again.close();
        }
      }),
    ).toBe('corrupt');
  });

  test('a folder that is not there is an i/o failure', () => {
    expect(codeOf(() => open(join(folder, 'absent', 'a.db')))).toBe('io');
  });
});

describe('parameters', () => {
  test.each([[new Date(0)], [{}], [[1]], [new Map()], [undefined], [true], [Number.NaN]])(
    '%s is never bound',
    (bad) => {
      const database = open();
      const insert = database.prepare('INSERT INTO item (name) VALUES (?)');
      expect(() => insert.run(bad as never)).toThrow(/database parameter/);
      expect(() => [...insert.iterate(bad as never)]).toThrow(/database parameter/);
      expect(database.prepare('SELECT count(*) AS n FROM item').get<{ n: number }>()?.n).toBe(0);
      database.close();
    },
  );

  test('a statement may run again while its rows are iterated', () => {
    const database = open();
    for (const name of ['a', 'b', 'c']) database.prepare('INSERT INTO item (name) VALUES (?)').run(name);
    const all = database.prepare('SELECT name FROM item ORDER BY id');
    const seen: string[] = [];
    for (const row of all.iterate<{ name: string }>()) {
      seen.push(row.name, ...all.all<{ name: string }>().map((inner) => inner.name));
    }
    expect(seen).toHaveLength(12);
    database.close();
  });
});

describe('transactions', () => {
  test('a throw undoes everything, and the next transaction works', () => {
    const database = open();
    expect(() =>
      database.transaction(() => {
        database.prepare('INSERT INTO item (name) VALUES (?)').run('a');
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(database.inTransaction).toBe(false);
    const id = database.transaction(
      () => database.prepare('INSERT INTO item (name) VALUES (?)').run('b').lastInsertRowid,
    );
    expect(database.prepare('SELECT id, name FROM item').all()).toEqual([{ id, name: 'b' }]);
    database.close();
  });

  test('a nested or asynchronous transaction is a broken invariant and changes nothing', () => {
    const database = open();
    const insert = () => database.prepare('INSERT INTO item (name) VALUES (?)').run('a');
    expect(() => database.transaction(() => database.transaction(insert))).toThrow(/another/);
    expect(() => database.transaction(async () => insert())).toThrow(/synchronous/);
    expect(database.prepare('SELECT * FROM item').all()).toEqual([]);
    database.close();
  });

  test('a broken constraint is not disguised as a failure of the disk', () => {
    const database = open();
    const insert = database.prepare('INSERT INTO item (name) VALUES (?)');
    insert.run('a');
    expect(() => insert.run('a')).toThrow(/UNIQUE/);
    database.close();
  });

  test('when the disk is full writes say so, reads go on, and writing resumes with space', () => {
    const database = open();
    const insert = database.prepare('INSERT INTO item (name, bytes) VALUES (?, ?)');
    insert.run('kept', null);
    database.exec('PRAGMA max_page_count = 20');
    const fill = () =>
      database.transaction(() => {
        for (let i = 0; i < 100; i++) insert.run(`big ${i}`, new Uint8Array(4000));
      });
    expect(codeOf(fill)).toBe('full');
    expect(database.inTransaction).toBe(false);
    expect(database.prepare('SELECT name FROM item').all()).toEqual([{ name: 'kept' }]);
    database.exec('PRAGMA max_page_count = 100000');
    expect(codeOf(fill)).toBeUndefined();
    database.close();
  });
});

describe('schema', () => {
  test('a newer schema is refused and left as it is', () => {
    open(undefined, [SCHEMA, 'CREATE TABLE later (id INTEGER)']).close();
    expect(codeOf(() => open())).toBe('newer-schema');
    const again = open(undefined, [SCHEMA, 'CREATE TABLE later (id INTEGER)']);
    expect(again.prepare('SELECT * FROM later').all()).toEqual([]);
    again.close();
  });

  test('an older one is taken forward, with a copy of how it was', () => {
    const path = join(folder, 'a.db');
    const first = open(path);
    first.prepare('INSERT INTO item (name) VALUES (?)').run('before');
    first.close();
    const migrations = [SCHEMA, "UPDATE item SET name = 'after'"];
    const second = openDatabase({ path, migrations, onMigrate: 'backup' });
    expect(second.prepare('SELECT name FROM item').get()).toEqual({ name: 'after' });
    second.close();
    const copy = open(`${path}.v1.backup`);
    expect(copy.prepare('SELECT name FROM item').get()).toEqual({ name: 'before' });
    copy.close();
  });

  test('a migration that fails leaves the version before it', () => {
    open().close();
    expect(() =>
      open(undefined, [SCHEMA, 'CREATE TABLE x (id INTEGER); INSERT INTO nowhere VALUES (1)']),
    ).toThrow();
    const again = open(undefined, [SCHEMA, 'CREATE TABLE x (id INTEGER)']);
    again.close();
  });
});

test('a backup holds what was committed and nothing of an open transaction', async () => {
  const database = open();
  database.prepare('INSERT INTO item (name) VALUES (?)').run('committed');
  database.exec('BEGIN IMMEDIATE');
  database.prepare('INSERT INTO item (name) VALUES (?)').run('open');
  await database.backup(join(folder, 'copy.db'));
  database.exec('ROLLBACK');
  const copy = open(join(folder, 'copy.db'));
  expect(copy.prepare('SELECT name FROM item').all()).toEqual([{ name: 'committed' }]);
  copy.close();
  database.close();
});

test('a checkpoint empties the write-ahead log', () => {
  const database = open();
  database.prepare('INSERT INTO item (name) VALUES (?)').run('a');
  expect(statSync(join(folder, 'a.db-wal')).size).toBeGreaterThan(0);
  database.checkpoint();
  expect(statSync(join(folder, 'a.db-wal')).size).toBe(0);
  database.close();
  database.close();
});

test('secure deletion leaves no byte of a deleted row in the file', () => {
  const path = join(folder, 'keys.db');
  const database = openDatabase({ path, migrations: [SCHEMA], secureDelete: true });
  database.prepare('INSERT INTO item (name) VALUES (?)').run('a-very-secret-key');
  database.checkpoint();
  expect(readFileSync(path).includes('a-very-secret-key')).toBe(true);
  database.exec('DELETE FROM item');
  database.checkpoint();
  database.close();
  expect(readFileSync(path).includes('a-very-secret-key')).toBe(false);
});

describe('one process owns a data folder', () => {
  test('a second owner is refused with the process id of the first, also within one process', () => {
    const lock = lockFolder(join(folder, 'data'));
    expect(codeOf(() => lockFolder(join(folder, 'data')))).toBe('locked');
    expect(() => lockFolder(join(folder, 'data'))).toThrow(String(process.pid));
    lock.release();
    lock.release();
    lockFolder(join(folder, 'data')).release();
    expect(existsSync(join(folder, 'data', 'lock.pid'))).toBe(false);
  });

  test('the lock of a process that was killed is taken over', async () => {
    const script = `import { lockFolder } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      lockFolder(process.argv[1]); process.stdout.write('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(codeOf(() => lockFolder(folder))).toBe('locked');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    lockFolder(folder).release();
  });
});

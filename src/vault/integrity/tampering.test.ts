import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  auditOf,
  deletionOf,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from '../suite/hospital.ts';

let hospital: Hospital;

beforeEach(async () => {
  hospital = await openHospital();
  const { vault } = hospital;
  await vault.commit({ versions: [versionOf(patient('p1'))], audits: [auditOf('Patient/p1', ['p1'])] });
  await vault.commit({ versions: [versionOf(observation('o1', 'p1'))] });
  await vault.commit({ versions: [versionOf(observation('o1', 'p1', { status: 'amended' }), 2)] });
  const gone = versionOf(observation('o2', 'p1'));
  await vault.commit({ versions: [gone] });
  await vault.commit({ versions: [deletionOf(gone, 2)] });
  await vault.commit({ versions: [versionOf({ resourceType: 'Organization', id: 'org1', name: 'Ward' })] });
  await vault.commit({
    events: [
      {
        kind: 'disclosure',
        object: 'Patient/p1/_history/1',
        actor: 'x',
        time: new Date().toISOString(),
        content: { text: '{"a":1.50}', sourceKey: { type: 'Patient', id: 'p1' } },
      },
      { kind: 'sign-in', object: 'user/7', actor: 'x', time: new Date().toISOString() },
    ],
  });
  await vault.placeHold({ patient: 'p1', name: 'Case 12', actor: 'officer' });
});

afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

/** Changes the closed files as a thief would, then checks. */
async function afterChanging(file: 'data.db' | 'keys.db', change: (database: DatabaseSync) => void) {
  await hospital.close();
  const database = new DatabaseSync(`${hospital.folder}/${file}`);
  change(database);
  database.close();
  hospital = await openHospital({ folder: hospital.folder });
  return hospital.fsck();
}

test('an untouched vault has no problem, and everything was looked at', async () => {
  const report = await afterChanging('data.db', () => undefined);
  expect(report).toMatchObject({
    ok: true,
    problems: [],
    checked: { versions: 6, entries: 10, resources: 4, unusedKeys: 0 },
  });
  expect(report.checked.indexRows).toBeGreaterThan(100);
});

describe('a changed byte is found, and the record named', () => {
  /** Flips one bit of a blob of the row that the condition picks. */
  const flip = (table: string, column: string, where: string, at: number) => (database: DatabaseSync) => {
    const row = database.prepare(`SELECT ${column} AS bytes FROM ${table} WHERE ${where}`).get() as {
      bytes: Uint8Array;
    };
    const bytes = Uint8Array.from(row.bytes);
    bytes[at % bytes.length]! ^= 1;
    database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`).run(bytes, row.bytes);
  };
  const run = (sql: string) => (database: DatabaseSync) => {
    expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
  };
  const observationRow = `type = 'Observation' AND state = 0`;

  test.each([
    [
      'a sealed version',
      flip('vault_versions', 'sealed', `${observationRow} AND version = 1`, 40),
      'version-damaged',
      'Observation/o1/_history/1',
    ],
    [
      'its suite byte',
      flip('vault_versions', 'sealed', `${observationRow} AND version = 1`, 0),
      'version-damaged',
      'Observation/o1/_history/1',
    ],
    [
      'its time',
      run(`UPDATE vault_versions SET updated = updated + 1 WHERE ${observationRow} AND version = 2`),
      'version-damaged',
      'Observation/o1/_history/2',
    ],
    [
      'its number',
      run(`UPDATE vault_versions SET version = 3 WHERE ${observationRow} AND version = 2`),
      'version-missing',
      'Observation/o1/_history/2',
    ],
    [
      'its type',
      run(`UPDATE vault_versions SET type = 'Condition' WHERE ${observationRow} AND version = 2`),
      'version-damaged',
      'Observation/o1/_history/2',
    ],
    [
      'its key generation',
      run(`UPDATE vault_versions SET generation = 1 WHERE ${observationRow} AND version = 2`),
      'key-missing',
      'Observation/o1/_history/2',
    ],
    [
      'its state',
      run(`UPDATE vault_versions SET state = 1 WHERE ${observationRow} AND version = 2`),
      'version-damaged',
      'Observation/o1/_history/2',
    ],
    [
      'a version emptied as if erased',
      run(`UPDATE vault_versions SET state = 2, sealed = NULL WHERE ${observationRow} AND version = 1`),
      'version-missing',
      'Observation/o1/_history/1',
    ],
    [
      'an old version removed',
      run(`DELETE FROM vault_versions WHERE ${observationRow} AND version = 1`),
      'object-missing',
      'Observation/o1/_history/1',
    ],
    [
      'the newest version removed',
      run(`DELETE FROM vault_versions WHERE ${observationRow} AND version = 2`),
      'object-missing',
      'Observation/o1/_history/2',
    ],
    [
      'a resource taken back to an older version',
      run(
        `UPDATE vault_resources SET version = 1, entry = (SELECT min(entry) FROM vault_versions WHERE type = 'Observation') WHERE ${observationRow}`,
      ),
      'version-missing',
      'Observation/o1/_history/2',
    ],
    [
      'a deleted resource declared live',
      run(`UPDATE vault_resources SET state = 0 WHERE state = 1`),
      'version-damaged',
      'Observation/o2',
    ],
    [
      'a blind name',
      flip('vault_resources', 'name', observationRow, 3),
      'version-damaged',
      'Observation/o1/_history/1',
    ],
    [
      'the rows kept with a resource',
      flip('vault_resources', 'rows', observationRow, 30),
      'index-mismatch',
      'Observation/o1',
    ],
    [
      'a name that is gone',
      run(`DELETE FROM vault_names WHERE rid = (SELECT rid FROM vault_resources WHERE ${observationRow})`),
      'name-mismatch',
      'Observation/o1',
    ],
    [
      'a posting that is gone',
      run(
        'DELETE FROM vault_postings WHERE key = (SELECT key FROM vault_postings ORDER BY length(rids), key LIMIT 1)',
      ),
      'index-mismatch',
      undefined,
    ],
    [
      'a span',
      run('UPDATE vault_spans SET value = value + 1 WHERE value BETWEEN 71 AND 72'),
      'index-mismatch',
      'Observation/o1',
    ],
    [
      'the bounds of a zone',
      run('UPDATE vault_zones SET low = 1e300, high = 1e300'),
      'index-mismatch',
      'Observation/o1',
    ],
    ['a page of openings', flip('vault_pages', 'sealed', '1', 50), 'entry-damaged', 'leaves 0 to 1'],
    [
      'the place of a page in the log',
      run('UPDATE vault_pages SET leaf = leaf + 1 WHERE leaf = 0'),
      'leaf-mismatch',
      'Patient/p1/_history/1',
    ],
    ['a page that is gone', run('DELETE FROM vault_pages WHERE leaf = 2'), 'entry-missing', 'leaf 2'],
    ['a legal hold', flip('vault_holds', 'sealed', '1', 33), 'hold-damaged', 'legal holds'],
    [
      'a legal hold that is gone',
      run('DELETE FROM vault_holds'),
      'hold-damaged',
      expect.stringMatching(/^hold\//),
    ],
    [
      'the log',
      (database: DatabaseSync) => flip('log_bundles', 'entries', '1', 33)(database),
      'leaf-mismatch',
      undefined,
    ],
  ])('%s', async (_what, change, problem, object) => {
    const where = change as (database: DatabaseSync) => void;
    const report = await afterChanging('data.db', where);
    expect(report.ok).toBe(false);
    if (object === undefined) expect(report.problems.map(({ code }) => code)).toContain(problem);
    else expect(report.problems).toContainEqual(expect.objectContaining({ code: problem, object }));
  });

  /** What is indexed beside AuditEvents, an entry of the log, has no name but its row; which of them a leaf holds, random keys say. */
  const INDEXED = /^(AuditEvent\/|row \d)/;
  test('an AuditEvent’s blind values and moments', async () => {
    const leaves = await afterChanging('data.db', flip('vault_leaves', 'postings', '1', 2));
    expect(leaves.problems).toContainEqual(
      expect.objectContaining({ code: 'index-mismatch', object: expect.stringMatching(INDEXED) }),
    );
    const lengths = await afterChanging('data.db', flip('vault_leaves', 'postings', '1', 17));
    expect(lengths.problems.map(({ code }) => code)).toContain('index-mismatch');
    const moments = await afterChanging('data.db', run('UPDATE vault_moments SET low = low + 1e15'));
    expect(moments.problems).toContainEqual(
      expect.objectContaining({ code: 'index-mismatch', object: expect.stringMatching(INDEXED) }),
    );
  });

  test.each([
    ['a wrapped data key', 'keys_data', 'key-damaged'],
    ['a wrapped compartment key', 'keys_compartments', 'key-damaged'],
  ])('%s', async (_what, table, problem) => {
    const report = await afterChanging('keys.db', (database) => {
      const row = database.prepare(`SELECT wrapped FROM ${table}`).get() as { wrapped: Uint8Array };
      const wrapped = Uint8Array.from(row.wrapped);
      wrapped[30]! ^= 1;
      database.prepare(`UPDATE ${table} SET wrapped = ? WHERE wrapped = ?`).run(wrapped, row.wrapped);
    });
    expect(report.problems.map(({ code }) => code)).toContain(problem);
  });

  test('a data key that is gone', async () => {
    const report = await afterChanging('keys.db', run('DELETE FROM keys_data'));
    expect(report.problems.map(({ code, object }) => `${code} ${object}`)).toContain(
      'key-missing Observation/o1/_history/2',
    );
    // Reads say so too, and do not pretend that nothing was ever there.
    expect(() => hospital.vault.read('Observation', 'o1')).toThrow(
      expect.objectContaining({ code: 'sealed-key-missing' }),
    );
  });
});

describe('what stands in another’s place does not open', () => {
  const swap = (sql: string) => (database: DatabaseSync) => {
    const rows = database.prepare(sql).all() as { id: number; sealed: Uint8Array }[];
    const [a, b] = [rows[0]!, rows[1]!];
    const update = database.prepare('UPDATE vault_versions SET sealed = ? WHERE entry = ?');
    update.run(b.sealed, a.id);
    update.run(a.sealed, b.id);
  };

  test('two versions of one resource, which share their key', async () => {
    const report = await afterChanging(
      'data.db',
      swap(
        "SELECT entry AS id, sealed FROM vault_versions WHERE type = 'Observation' AND state = 0 ORDER BY entry LIMIT 2",
      ),
    );
    expect(report.problems.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['Observation/o1/_history/1', 'Observation/o1/_history/2']),
    );
    expect(() => hospital.vault.read('Observation', 'o1')).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    );
  });

  test('two pages of openings', async () => {
    const report = await afterChanging('data.db', (database) => {
      const rows = database
        .prepare('SELECT first, sealed FROM vault_pages WHERE count = 1 LIMIT 2')
        .all() as { first: number; sealed: Uint8Array }[];
      const update = database.prepare('UPDATE vault_pages SET sealed = ? WHERE first = ?');
      update.run(rows[1]!.sealed, rows[0]!.first);
      update.run(rows[0]!.sealed, rows[1]!.first);
    });
    expect(report.problems.filter(({ code }) => code === 'entry-damaged')).toHaveLength(2);
  });

  test('the wraps of two data keys', async () => {
    const report = await afterChanging('keys.db', (database) => {
      const rows = database
        .prepare('SELECT rid, wrapped FROM keys_data WHERE compartment = 1 LIMIT 2')
        .all() as { rid: number; wrapped: Uint8Array }[];
      const update = database.prepare('UPDATE keys_data SET wrapped = ? WHERE rid = ?');
      update.run(rows[1]!.wrapped, rows[0]!.rid);
      update.run(rows[0]!.wrapped, rows[1]!.rid);
    });
    expect(report.problems.filter(({ code }) => code === 'key-damaged')).toHaveLength(2);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSnapshot } from '../../database/index.ts';
import { checkLedgerLog, LedgerLog, openStoredLedger } from '../index.ts';
import { startEmbedded } from '../suite/start-embedded.ts';
import { testContracts } from '../suite/test-contracts.ts';
import { TEST_LEDGER, testPolicy, testPublicKey, testSigner } from '../suite/test-member.ts';
import { genesis, set } from '../suite/test-network.ts';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-stored-'));
  const engine = await startEmbedded(join(folder, 'ledger'), testContracts);
  const ledger = engine.connect({ organisation: 'st-mary', role: 'admin' });
  await ledger.submit(genesis());
  for (let i = 0; i < 4; i += 1) await ledger.submit(set());
  await engine.close();
  const log = new LedgerLog({
    path: join(folder, 'log.db'),
    ledger: TEST_LEDGER,
    organisation: 'st-mary',
    sign: testSigner('st-mary', 'ledger'),
    publicKey: testPublicKey('st-mary', 'ledger'),
    policy: async () => testPolicy(1),
    collect: async () => [],
  });
  const stored = open();
  for (const block of stored.blocks()) log.append(block);
  stored.close();
  log.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () =>
  openStoredLedger({ path: join(folder, 'ledger.db'), contracts: testContracts, immutable: true });

function check(): string[] {
  const [stored, log] = [open(), openSnapshot({ path: join(folder, 'log.db'), immutable: true })];
  try {
    return checkLedgerLog(log, stored.blocks()).map(({ code, height }) => `${code} ${height}`);
  } finally {
    log.close();
    stored.close();
  }
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(join(folder, file));
  database.exec(sql);
  database.close();
}

test.each([
  ['a hash', 'UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND position = 1', ['ledger-log-node 3']],
  [
    'a block',
    "UPDATE entry SET text = replace(text, 'true', 'null') WHERE height = 2",
    ['ledger-log-entry 2'],
  ],
  [
    'the place of a transaction',
    'UPDATE entry_transaction SET height = 0 WHERE height = 4',
    ['ledger-log-index 4'],
  ],
  ['a block too many', "INSERT INTO entry VALUES (5, '{}')", ['ledger-log-entry 5']],
])('%s that somebody changed in a ledger log is found where it stands', (_what, sql, found) => {
  change('log.db', sql);
  expect(check()).toEqual(found);
});

test('a ledger log that is only behind is sound', () => {
  change('log.db', 'DELETE FROM entry WHERE height = 4; DELETE FROM node WHERE position = 4 AND level = 0');
  expect(check()).toEqual([]);
});

test('a stored ledger is read, queried, checked and copied without being opened for writing', async () => {
  const stored = open();
  expect([stored.head.height, stored.hashAt(stored.head.height), stored.hashAt(99)]).toEqual([
    4,
    stored.head.hash,
    undefined,
  ]);
  expect(await stored.query('membership', 'ledger', {})).toMatchObject({ id: TEST_LEDGER });
  expect(await stored.problems()).toEqual([]);
  await stored.backup(join(folder, 'copy.db'));
  stored.close();
  change('ledger.db', "UPDATE block SET text = replace(text, 'counter', 'computer') WHERE height = 3");
  const changed = open();
  expect((await changed.problems())[0]).toEqual({ code: 'block-changed', height: 3 });
  changed.close();
});

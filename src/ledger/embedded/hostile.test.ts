import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256Native } from '../../crypto/index.ts';
import { DatabaseError } from '../../database/index.ts';
import { canonicalize } from '../../proof/index.ts';
import { type EmbeddedEngine, type Ledger, LedgerError, openEmbeddedLedger, type Role } from '../index.ts';
import { genesis, refusal, set, testContracts, testPublicKey, testSigner } from '../suite/index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-embedded-'));
  path = join(folder, 'ledger.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function connect(
  engine: EmbeddedEngine,
  organisation: string,
  role: Role = 'admin',
  keyOf = organisation,
  signerOf = keyOf,
): Ledger {
  return engine.connect({
    organisation,
    role,
    key: testSigner(signerOf, 'transaction'),
    publicKey: testPublicKey(keyOf, 'transaction'),
  });
}

async function begun(): Promise<EmbeddedEngine> {
  const engine = openEmbeddedLedger({ path, contracts: testContracts });
  await connect(engine, 'st-mary').submit(genesis());
  return engine;
}

describe('a submitter speaks only for itself', () => {
  test('with another member’s key, a stranger’s key or a signature by another key nothing is taken', async () => {
    const engine = await begun();
    expect(await refusal(connect(engine, 'aurora', 'node', 'lakeside').submit(set()))).toBe('rejected/key');
    expect(await refusal(connect(engine, 'aurora', 'node', 'stranger').submit(set()))).toBe('rejected/key');
    expect(await refusal(connect(engine, 'aurora', 'node', 'aurora', 'lakeside').submit(set()))).toBe(
      'rejected/signature',
    );
    expect(await refusal(connect(engine, 'stranger').submit(set()))).toBe('rejected/not-a-member');
    engine.close();
  });

  test('a genesis is submitted by one of its founders, with a key that it lists', async () => {
    const engine = openEmbeddedLedger({ path, contracts: testContracts });
    expect(await refusal(connect(engine, 'stranger').submit(genesis()))).toBe('rejected/not-a-member');
    expect(await refusal(connect(engine, 'aurora', 'admin', 'stranger').submit(genesis()))).toBe(
      'rejected/key',
    );
    expect((await connect(engine, 'aurora').submit(genesis())).height).toBe(0);
    engine.close();
  });

  test('a signer that fails or gives rubbish stops its own transaction alone', async () => {
    const engine = await begun();
    const broken = engine.connect({
      organisation: 'aurora',
      role: 'node',
      publicKey: testPublicKey('aurora', 'transaction'),
      key: () => new Uint8Array(63),
    });
    const [bad, good] = await Promise.allSettled([
      broken.submit(set()),
      connect(engine, 'st-mary').submit(set()),
    ]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    engine.close();
  });
});

/** What opening says of the file after `change` was done to it: the problem's code, `open` when nothing is found. */
async function afterChange(change: (database: DatabaseSync) => void): Promise<string> {
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
  const engine = await begun();
  for (let i = 0; i < 3; i++) await connect(engine, 'lakeside').submit(set({ value: i }));
  expect(await engine.problems()).toEqual([]);
  engine.close();
  const database = new DatabaseSync(path);
  change(database);
  database.close();
  try {
    openEmbeddedLedger({ path, contracts: testContracts }).close();
    return 'open';
  } catch (error) {
    if (error instanceof LedgerError && error.reason === 'tampered')
      return /\((.*)\)/.exec(error.message)?.[1] ?? '';
    throw error;
  }
}

interface Text {
  height: number;
  transactions: {
    envelope: { args: { value: number }; organisation: string };
    writes: { key: string; value: string }[];
  }[];
}

/** Rewrites the newest block, its hash included, as somebody who knows the program would. */
function rewrite(database: DatabaseSync, change: (text: Text) => void): void {
  const row = database.prepare('SELECT height, text FROM block ORDER BY height DESC LIMIT 1').get() as {
    height: number;
    text: string;
  };
  const text = JSON.parse(row.text) as Text;
  change(text);
  const written = canonicalize(text);
  database
    .prepare('UPDATE block SET text = ?, hash = ? WHERE height = ?')
    .run(written, sha256Native(written).toString('hex'), row.height);
}

describe('a ledger file that was changed from outside does not open', () => {
  test('an untouched one does', async () => {
    expect(await afterChange(() => undefined)).toBe('open');
  });

  test('a byte of a block, or its hash', async () => {
    expect(
      await afterChange((d) =>
        d.exec(`UPDATE block SET text = replace(text, '"value":1', '"value":7') WHERE height = 2`),
      ),
    ).toBe('block-changed');
    expect(
      await afterChange((d) => d.exec(`UPDATE block SET hash = '${'0'.repeat(64)}' WHERE height = 1`)),
    ).toBe('block-changed');
    expect(await afterChange((d) => d.exec("UPDATE block SET text = 'x' WHERE height = 1"))).toBe(
      'block-changed',
    );
  });

  test('a block that was taken out, put elsewhere or cut off the end', async () => {
    expect(await afterChange((d) => d.exec('DELETE FROM block WHERE height = 1'))).toBe('block-missing');
    expect(await afterChange((d) => d.exec('DELETE FROM block WHERE height = 0'))).toBe('block-missing');
    expect(await afterChange((d) => d.exec('DELETE FROM block WHERE height = 3'))).toBe('index-changed');
    expect(await afterChange((d) => d.exec('UPDATE block SET height = height + 10'))).toBe('block-missing');
  });

  test('arguments, submitter or writes that were rewritten together with the hash', async () => {
    expect(
      await afterChange((d) =>
        rewrite(d, (text) => {
          const transaction = text.transactions[0];
          if (transaction) transaction.envelope.args.value = 99;
        }),
      ),
    ).toBe('transaction-forged');
    expect(
      await afterChange((d) =>
        rewrite(d, (text) => {
          const transaction = text.transactions[0];
          if (transaction) transaction.envelope.organisation = 'st-mary';
        }),
      ),
    ).toBe('transaction-forged');
    expect(
      await afterChange((d) =>
        rewrite(d, (text) => {
          for (const write of text.transactions[0]?.writes ?? [])
            write.value = write.value.replace('"value":2', '"value":99');
        }),
      ),
    ).toBe('state-changed');
    expect(
      await afterChange((d) =>
        rewrite(d, (text) => {
          text.transactions = [];
        }),
      ),
    ).toBe('block-changed');
  });

  test('state or index that does not follow from the blocks', async () => {
    expect(
      await afterChange((d) => d.exec(`UPDATE state SET value = replace(value, '"value":1', '"value":7')`)),
    ).toBe('state-changed');
    expect(await afterChange((d) => d.exec("DELETE FROM state WHERE key LIKE 'value/%'"))).toBe(
      'state-changed',
    );
    expect(
      await afterChange((d) => d.exec(`INSERT INTO state VALUES ('counter', 'value/x', '{"v":1}')`)),
    ).toBe('state-changed');
    expect(await afterChange((d) => d.exec('DELETE FROM block_transaction WHERE height = 2'))).toBe(
      'index-changed',
    );
    expect(await afterChange((d) => d.exec('INSERT INTO block_transaction VALUES (1, 2)'))).toBe(
      'index-changed',
    );
  });

  test('a file that was cut short, or is none', async () => {
    const engine = await begun();
    await Promise.all(Array.from({ length: 100 }, () => connect(engine, 'lakeside').submit(set())));
    engine.close();
    copyFileSync(path, `${path}.whole`);
    truncateSync(path, Math.floor(statSync(path).size / 4096 / 2) * 4096);
    expect(() => openEmbeddedLedger({ path, contracts: testContracts })).toThrow(DatabaseError);
    truncateSync(path, 1000);
    expect(() => openEmbeddedLedger({ path, contracts: testContracts })).toThrow(DatabaseError);
    copyFileSync(`${path}.whole`, path);
    openEmbeddedLedger({ path, contracts: testContracts }).close();
  });
});

test('when more transactions wait than it can hold, the ledger says so and takes the rest', async () => {
  const engine = await begun();
  const ledger = connect(engine, 'lakeside');
  const beat = () => ledger.submit({ contract: 'membership', name: 'heartbeat', args: { sequence: 1 } });
  const results = await Promise.allSettled(Array.from({ length: 4_200 }, beat));
  const refused = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as LedgerError] : [],
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(200);
  expect(new Set(refused.map(({ code, reason }) => `${code}/${reason}`))).toEqual(
    new Set(['unavailable/busy']),
  );
  expect((await beat()).duplicate).toBe(false);
  engine.close();
});

test('closing refuses what waits, and a backup opens as the ledger it was', async () => {
  const engine = await begun();
  const ledger = connect(engine, 'lakeside');
  const transaction = set();
  const committed = await ledger.submit(transaction);
  await engine.backup(join(folder, 'copy.db'));
  const waiting = ledger.submit(set());
  // Signing is asynchronous: one turn later it waits for its block.
  await Promise.resolve();
  engine.close();
  engine.close();
  expect(await refusal(waiting)).toBe('unavailable/closed');
  const copy = openEmbeddedLedger({ path: join(folder, 'copy.db'), contracts: testContracts });
  expect(await connect(copy, 'lakeside').submit(transaction)).toEqual({ ...committed, duplicate: true });
  copy.close();
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { openKeyring } from '../../vault/index.ts';
import { loadConfiguration, migrateLedger, NodeError, openNode } from '../index.ts';
import { organisationFolder } from '../organisation/folder.ts';
import { requireMembers } from './close-ledger.ts';
import { readMigration } from './migration-record.ts';

const PASSPHRASE = 'a passphrase of some length';
const CHEAPEST_COST_LOG2 = 15; // the least that a keyring takes
const environment = { HOLDFAST_PASSPHRASE: PASSPHRASE };
const folder = mkdtempSync(join(tmpdir(), 'holdfast-migration-'));
const data = join(folder, 'data');
const to = join(folder, 'members');
const organisations = ['aurora', 'lakeside', 'meridian', 'st-mary'].map((id) => ({ id, name: id }));
const configuration = () => ({ ...loadConfiguration(data, environment), log: 'silent' as const });

const write = (hosted: readonly object[]) =>
  writeFileSync(join(data, 'holdfast.yaml'), stringify({ port: 24_100, organisations: hosted }));

/** What a migration is refused with; the network that it wants is never there. */
async function migrated(change: { close?: boolean; to?: string } = {}): Promise<string> {
  try {
    await migrateLedger({
      ...{ data, to, close: false, environment, onProgress: () => undefined, ...change },
      startNetwork: async ({ continues, organisations: wanted }) => {
        const { height, entries, state } = continues;
        throw new NodeError(
          'unavailable',
          `network of ${wanted.length} after ${height}, with ${entries} values of hash ${state}`,
        );
      },
    });
  } catch (error) {
    if (error instanceof NodeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('it ended without a network');
}

beforeAll(async () => {
  mkdirSync(data, { recursive: true });
  write(organisations);
  // What opening costs is written in the keyring: these are opened dozens of times.
  for (const { id } of organisations)
    openKeyring(organisationFolder(data, id).keyring, PASSPHRASE, { costLog2: CHEAPEST_COST_LOG2 });
  const node = await openNode({ configuration: configuration(), passphrase: PASSPHRASE });
  await node.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('who has the keys of too few members, or would leave one behind, is told whom', () => {
  const active = ['aurora', 'lakeside', 'meridian', 'st-mary'];
  expect(() => requireMembers(active, active)).not.toThrow();
  expect(() => requireMembers(active, ['aurora', 'lakeside'])).toThrow(/Only 2 of 4 .* meridian, st-mary/);
  expect(() => requireMembers(active, ['aurora', 'lakeside', 'meridian'])).toThrow(/data of st-mary/);
});

describe('a migration is refused, and closes nothing,', () => {
  test('without being told to close, without a majority, and without a member', async () => {
    expect(await migrated()).toMatch(/^ledger-open/);
    write(organisations.slice(0, 2));
    expect(await migrated({ close: true })).toMatch(/^majority-missing/);
    write(organisations.slice(0, 3));
    expect(await migrated({ close: true })).toMatch(/^member-missing/);
    write(organisations);
    expect(await migrated()).toMatch(/^ledger-open/);
    expect(readMigration(data)).toBeUndefined();
  }, 60_000);

  test('where an organisation’s folder is there already, or a network', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(join(taken, 'aurora'), { recursive: true });
    expect(await migrated({ close: true, to: taken })).toMatch(/^target-not-empty/);
    rmSync(join(taken, 'aurora'), { recursive: true });
    mkdirSync(join(taken, 'network'));
    writeFileSync(join(taken, 'network', 'network.json'), '{}');
    expect(await migrated({ close: true, to: taken })).toMatch(/^target-not-empty/);
    expect(await migrated()).toMatch(/^ledger-open/);
  });
});

describe('told to close', () => {
  test('it closes the ledger once, and asks for a network that continues from the closing block', async () => {
    const first = await migrated({ close: true });
    expect(first).toMatch(/^unavailable: network of 4 after \d+, with [1-9]\d* values of hash [0-9a-f]{64}$/);
    expect(await migrated()).toBe(first);
    const record = readMigration(data);
    expect(first).toContain(`after ${record?.closed.height}`);
    expect(record).toMatchObject({ to, network: join(to, 'network') });
  }, 60_000);

  test('each organisation has a folder of its own, with its port, its keys and the network’s profile', () => {
    for (const [place, { id }] of organisations.entries()) {
      const own = join(to, id);
      const file = parse(readFileSync(join(own, 'holdfast.yaml'), 'utf8'));
      expect(file).toMatchObject({
        port: 24_100 + place,
        organisations: [{ id }],
        ledger: { engine: 'fabric', profile: join(to, 'network', 'organisations', id, 'connection.json') },
      });
      for (const name of ['keyring', 'data.db', 'ledger-log.db', 'certificates'])
        expect(existsSync(join(own, 'organisations', id, name)), `${name} of ${id}`).toBe(true);
      expect(existsSync(join(own, 'ledger'))).toBe(false);
      expect(loadConfiguration(own, environment).organisations).toHaveLength(1);
    }
  });

  test('the closed ledger takes nothing, and no node opens the folder', async () => {
    const opening = openNode({ configuration: configuration(), passphrase: PASSPHRASE });
    await expect(opening).rejects.toMatchObject({ code: 'ledger-migrated' });
    const node = await openNode({
      configuration: configuration(),
      passphrase: PASSPHRASE,
      isMigrating: true,
    });
    try {
      for (const { core } of node.organisations) {
        const beat = { contract: 'membership', name: 'heartbeat', args: { sequence: 1 } };
        await expect(core.ledger.submit(beat)).rejects.toMatchObject({ reason: 'ledger-closed' });
        expect(core.ledgerLog.size).toBe((readMigration(data)?.closed.height ?? 0) + 1);
      }
    } finally {
      await node.close();
    }
  }, 60_000);

  test('it goes nowhere else', async () => {
    expect(await migrated({ to: join(folder, 'elsewhere') })).toMatch(/^ledger-migrated/);
  });
});

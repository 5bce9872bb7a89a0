import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { type DeliveryOptions, LocatorDelivery } from './locator-delivery.ts';
import { exchangeMigrations } from './migrations.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-delivery-'));
  database = openDatabase({ path: join(folder, 'data.db'), migrations: exchangeMigrations });
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Deliveries of an organisation that is no active member: it replays blocks from before it joined, or was suspended. */
function outside(consents: Partial<DeliveryOptions['consents']>, clock = { ms: 0 }): LocatorDelivery {
  const members = {
    get own(): never {
      throw new Error('this organisation is no active member');
    },
    others: () => [],
  };
  const asker = { members, now: () => new Date(clock.ms) };
  const options = { organisation: 'harbour', database, consents, asker, handleKey: Buffer.alloc(32) };
  return new LocatorDelivery(options as unknown as DeliveryOptions);
}
const noted = () => database.prepare('SELECT consent FROM exchange_granted').all();

test('blocks with the grants of others, from before it was a member, hinder nobody who replays them', () => {
  const delivery = outside({ onLedger: () => ({ custodian: 'st-mary', status: 'active' }) as never });
  delivery.granted('theirs');
  expect(noted()).toEqual([]);
});

test('its own grant is noted while it is suspended', () => {
  const delivery = outside({ onLedger: () => ({ custodian: 'harbour', status: 'active' }) as never });
  delivery.granted('ours');
  expect(noted()).toEqual([{ consent: 'ours' }]);
});

test('a grant whose content is not here is looked for again, and less and less often', async () => {
  const clock = { ms: 0 };
  const lookedAtMs: number[] = [];
  const delivery = outside(
    {
      onLedger: () => ({ custodian: 'harbour', status: 'active' }) as never,
      grant: async () => void lookedAtMs.push(clock.ms),
    },
    clock,
  );
  delivery.granted('ours');
  for (; clock.ms < 600_000; clock.ms += 250) await delivery.round();
  expect(lookedAtMs.slice(0, 4)).toEqual([0, 250, 750, 1_750]);
  expect(lookedAtMs.length).toBeLessThan(20);
  expect(600_000 - (lookedAtMs.at(-1) ?? 0)).toBeLessThanOrEqual(60_000);
  expect(noted()).toEqual([{ consent: 'ours' }]);
});

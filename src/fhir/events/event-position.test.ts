import { expect, test } from 'vitest';
import { openPosition, sealPosition } from './event-position.ts';

const KEY = Buffer.alloc(32, 7);
const TOLD = { asker: 'Practitioner/ann', atMs: Date.parse('2026-05-01T12:00:00Z') };
const EVENT = 'e'.repeat(32);

test('ids of one asker have one length, so that two of them count nothing', () => {
  const entries = [0, 1, 9, 10, 99, 100, 999_999, 1_000_000, Number.MAX_SAFE_INTEGER];
  const ids = entries.map((entry) => sealPosition(KEY, { entry, event: entry === 0 ? '' : EVENT }, TOLD));
  expect(new Set(ids.map(({ length }) => length)).size).toBe(1);
  expect(ids.map((id) => openPosition(KEY, id, TOLD).entry)).toEqual(entries);
});

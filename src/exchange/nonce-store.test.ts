import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { ExchangeError } from './errors.ts';
import { exchangeMigrations } from './migrations.ts';
import { NonceStore } from './nonce-store.ts';

let folder: string;
let database: Database;
const open = () => openDatabase({ path: join(folder, 'data.db'), migrations: exchangeMigrations });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-nonces-'));
  database = open();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const NOW_S = 1_790_000_000;
const take = (member: string, nonce: string, nowSeconds = NOW_S) => {
  try {
    new NonceStore(database).take(member, nonce, NOW_S + 60, nowSeconds);
    return 'taken';
  } catch (error) {
    if (error instanceof ExchangeError) return error.code;
    throw error;
  }
};

test('a nonce is taken once, also after a restart', () => {
  expect(take('lakeside', 'n1')).toBe('taken');
  expect(take('lakeside', 'n1')).toBe('replayed');
  database.close();
  database = open();
  expect(take('lakeside', 'n1')).toBe('replayed');
  expect(take('lakeside', 'n2')).toBe('taken');
});

test('a nonce is its member’s: another member may happen on the same', () => {
  expect([take('lakeside', 'n1'), take('meridian', 'n1')]).toEqual(['taken', 'taken']);
});

test('a nonce is kept as long as its request is good, to the last second', () => {
  expect(take('lakeside', 'n1')).toBe('taken');
  expect(take('lakeside', 'n1', NOW_S + 60)).toBe('replayed');
  expect(take('lakeside', 'n1', NOW_S + 61)).toBe('taken');
});

test('a member that floods is put off, and takes no room from others', () => {
  database.transaction(() => {
    const insert = database.prepare('INSERT INTO exchange_nonce (member, nonce, expires) VALUES (?, ?, ?)');
    for (let n = 0; n < 20_000; n += 1) insert.run('lakeside', `n${n}`, NOW_S + 60);
  });
  expect([take('lakeside', 'new'), take('meridian', 'new')]).toEqual(['unavailable', 'taken']);
  expect(take('lakeside', 'new', NOW_S + 61)).toBe('taken');
});

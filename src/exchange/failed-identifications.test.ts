import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { FailedIdentifications } from './failed-identifications.ts';
import { identificationMigrations } from './migrations.ts';

const HOUR_MS = 3600_000;
let folder: string;
let database: Database;
let nowMs: number;
const open = () => openDatabase({ path: join(folder, 'data.db'), migrations: identificationMigrations });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-guesses-'));
  database = open();
  nowMs = Date.parse('2026-03-02T10:00:00Z');
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const judge = (birthDate: string, isRight: boolean, { id = 'here', member = 'lakeside' } = {}) =>
  new FailedIdentifications(database, Buffer.alloc(32, 7), () => new Date(nowMs)).judge(
    { member, id, birthDate },
    isRight,
  );
const day = (at: number) => `1961-04-${String(at).padStart(2, '0')}`;
const RIGHT = day(30);
const guess = (count: number, at: { id?: string; member?: string } = {}) =>
  Array.from({ length: count }, (_, one) => judge(day(one + 1), false, at));
const isIdentified = (at: { id?: string; member?: string } = {}) => judge(RIGHT, true, at).identified;

test('after five wrong days the right one identifies nobody, and that it is right does not show', () => {
  expect(guess(5).map(({ isGuessing }) => isGuessing)).toEqual([false, false, false, false, true]);
  expect(judge(RIGHT, true)).toEqual({ identified: false, isGuessing: true });
  expect(judge(day(29), false)).toEqual({ identified: false, isGuessing: true });
});

test('who goes on guessing after that makes it no longer', () => {
  guess(20);
  nowMs += 24 * HOUR_MS;
  expect(isIdentified()).toBe(true);
});

test('it is so for a day, across restarts', () => {
  guess(5);
  database.close();
  database = open();
  nowMs += 24 * HOUR_MS - 1;
  expect(isIdentified()).toBe(false);
  nowMs += 1;
  expect(isIdentified()).toBe(true);
});

test('of one who was not guessed at, and to a member that did not guess, nothing is refused', () => {
  guess(5);
  expect(isIdentified({ id: 'twin' })).toBe(true);
  expect(isIdentified({ member: 'meridian' })).toBe(true);
});

test('the same wrong day counts once: a record that is wrong elsewhere shuts nobody out', () => {
  for (let times = 0; times < 50; times++) judge(day(1), false);
  expect(isIdentified()).toBe(true);
});

test('one likely day tried on two hundred ids ends in none, whether or not there are such patients', () => {
  for (let at = 0; at < 200; at++) guess(1, { id: `p${at}` });
  expect(isIdentified()).toBe(false);
  expect(isIdentified({ member: 'meridian' })).toBe(true);
});

test('neither ids nor days of birth stand in the files', () => {
  guess(3, { id: 'a-patient-of-ours' });
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    expect(bytes.includes('a-patient-of-ours')).toBe(false);
    expect(bytes.includes(day(1))).toBe(false);
  }
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../database/index.ts';
import { folderConfiguration, openDemo, removeDemo, requireDemoFolder } from '../index.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-demo-folder-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const now = new Date('2026-11-23T10:00:00Z');

test('a folder that holds something else is neither used nor removed', () => {
  writeFileSync(join(data, 'thesis.txt'), 'years of work');
  expect(() => requireDemoFolder(data)).toThrow(/no demo/);
  expect(() => removeDemo(data)).toThrow(/no demo/);
  expect(readdirSync(data)).toEqual(['thesis.txt']);
});

test('of a demo only what is a demo’s is removed', () => {
  openDemo(data, { now });
  mkdirSync(join(data, 'organisations', 'st-mary'), { recursive: true });
  writeFileSync(join(data, 'organisations', 'st-mary', 'data.db'), '');
  writeFileSync(join(data, 'thesis.txt'), 'years of work');
  removeDemo(data);
  expect(readdirSync(data)).toEqual(['thesis.txt']);
  rmSync(join(data, 'thesis.txt'));
  openDemo(data, { now });
  removeDemo(data);
  expect(existsSync(data)).toBe(false);
  expect(() => removeDemo(data)).not.toThrow();
});

test('a demo that runs is not removed', () => {
  openDemo(data, { now });
  const lock = lockFolder(data);
  expect(() => removeDemo(data)).toThrow(/in use/);
  lock.release();
  expect(readdirSync(data)).toContain('demo.json');
});

test('a demo keeps its people, whatever is asked later, and is known by its marker', () => {
  const first = openDemo(data, { patients: 3, now });
  expect(first).toMatchObject({ patients: 3, now: '2026-11-23', loaded: false });
  expect(openDemo(data, { patients: 8, now: new Date() })).toEqual(first);
  expect(folderConfiguration(data, {})).toMatchObject({ mode: 'demo', data });
});

test.each([0, 501, 1.5])('%d patients cannot be made', (patients) => {
  expect(() => openDemo(data, { patients, now })).toThrow(/from 1 to 500/);
});

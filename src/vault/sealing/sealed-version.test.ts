import { expect, test } from 'vitest';
import { randomBytes } from '../../crypto/index.ts';
import { blindId } from '../blind-index/blind-key.ts';
import { VaultError } from '../error.ts';
import { openVersion, type SealableVersion, sealVersion, type VersionPlace } from './sealed-version.ts';

const version: SealableVersion = {
  type: 'Observation',
  id: 'o1',
  version: 2,
  lastUpdated: '2026-05-01T12:00:00.000Z',
  patients: ['p1'],
  facts: {
    type: 'Observation',
    id: 'o1',
    classes: [],
    categories: [],
    codes: [],
    labels: [],
    patients: ['p1'],
  },
  text: '{"id":"o1","resourceType":"Observation"}',
};
const place: VersionPlace = {
  organisation: 'st-mary',
  type: 'Observation',
  name: blindId('0a'.repeat(16)),
  version: 2,
};

const opened = (key: Uint8Array, sealed: Uint8Array, at: VersionPlace): string => {
  try {
    return openVersion(key, sealed, at).text ?? 'deleted';
  } catch (error) {
    if (error instanceof VaultError) return error.code;
    throw error;
  }
};

test('a version opens in its own place and in no other', () => {
  const key = randomBytes(32);
  const sealed = sealVersion(key, version, place);
  const elsewhere: Partial<VersionPlace>[] = [
    { organisation: 'lakeside' },
    { type: 'Condition' },
    { name: blindId('0b'.repeat(16)) },
    { version: 1 },
    { version: 22 },
  ];
  for (const other of elsewhere)
    expect([other, opened(key, sealed, { ...place, ...other })]).toEqual([other, 'damaged']);
  expect(opened(randomBytes(32), sealed, place)).toBe('damaged');
  expect(opened(key, sealed, place)).toBe(version.text);
});

test('a deletion opens as one', () => {
  const key = randomBytes(32);
  const { text: _text, ...deletion } = version;
  expect(openVersion(key, sealVersion(key, deletion, place), place)).toEqual({ ...deletion, deleted: true });
});

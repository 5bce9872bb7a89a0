import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { javascriptPrimitives, verifyEd25519 } from '../proof/index.ts';
import { CryptoError, hkdf, nativePrimitives, open, x25519 } from './index.ts';

const FOLDER = join(process.env.HOLDFAST_TESTDATA ?? join(process.cwd(), '../shared/testdata'), 'tlog');
const absent = !existsSync(FOLDER);
if (absent && process.env.CI === 'true') throw new Error(`the vectors are missing: ${FOLDER}`);
if (absent) console.warn(`skipped: no vectors in ${FOLDER}`);

interface Case {
  tcId: number;
  result: 'valid' | 'invalid' | 'acceptable';
  [field: string]: string | number;
}
interface Group {
  tests: Case[];
  [field: string]: unknown;
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));
}

function wycheproof(name: string): Group[] {
  return (read(`wycheproof/${name}_test.json`) as { testGroups: Group[] }).testGroups;
}

const hex = (value: unknown) => Buffer.from(String(value), 'hex');

function refused(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
  return undefined;
}

describe.skipIf(absent)('Wycheproof', () => {
  test('AES-256-GCM: every invalid case is refused, every valid one opens', () => {
    let ran = 0;
    for (const group of wycheproof('aes_gcm')) {
      if (group.keySize !== 256 || group.ivSize !== 96 || group.tagSize !== 128) continue;
      for (const vector of group.tests) {
        ran++;
        const sealed = Buffer.concat([hex('01'), hex(vector.iv), hex(vector.ct), hex(vector.tag)]);
        const run = () => open(hex(vector.key), sealed, hex(vector.aad));
        if (vector.result === 'valid') expect(run().toString('hex'), `case ${vector.tcId}`).toBe(vector.msg);
        else expect(refused(run), `case ${vector.tcId}`).toBe('not-authentic');
      }
    }
    expect(ran).toBeGreaterThan(50);
  });

  test('X25519: a key of small order is refused, every other case agrees', () => {
    let ran = 0;
    for (const group of wycheproof('x25519')) {
      for (const vector of group.tests) {
        ran++;
        const run = () => x25519(hex(vector.private), hex(vector.public)).toString('hex');
        if (/^0+$/.test(String(vector.shared))) expect(refused(run), `case ${vector.tcId}`).toBe('weak-key');
        else expect(run(), `case ${vector.tcId}`).toBe(vector.shared);
      }
    }
    expect(ran).toBe(518);
  });

  test('HKDF-SHA-256: every case agrees, too much output is refused', () => {
    for (const group of wycheproof('hkdf_sha256')) {
      for (const vector of group.tests) {
        const run = () => hkdf(hex(vector.ikm), hex(vector.info), Number(vector.size), hex(vector.salt));
        if (vector.result === 'valid') expect(run().toString('hex'), `case ${vector.tcId}`).toBe(vector.okm);
        else expect(refused(run), `case ${vector.tcId}`).toBe('too-large');
      }
    }
  });

  test('Ed25519: the native and the JavaScript primitive both give the published verdict', () => {
    let ran = 0;
    for (const group of wycheproof('ed25519')) {
      const key = hex((group.publicKey as { pk: string }).pk);
      for (const vector of group.tests) {
        ran++;
        const { result } = vector;
        for (const primitives of [nativePrimitives, javascriptPrimitives]) {
          const verdict = verifyEd25519(key, hex(vector.msg), hex(vector.sig), primitives);
          expect(verdict, `case ${vector.tcId}`).toBe(result === 'valid');
        }
      }
    }
    expect(ran).toBe(151);
  });
});

test.skipIf(absent)(
  'the 914 edge cases of Ed25519 are decided by the one rule, natively as in JavaScript',
  () => {
    const cases = read('ed25519-cctv/ed25519vectors.json') as {
      number: number;
      key: string;
      sig: string;
      msg: string;
      flags: string[] | null;
    }[];
    expect(cases).toHaveLength(914);
    // A component of small order is harmless as long as the equation without cofactor holds.
    const harmless = new Set(['low_order_component_A', 'low_order_component_R']);
    let accepted = 0;
    for (const { number, key, sig, msg, flags } of cases) {
      const expected = (flags ?? []).every((flag) => harmless.has(flag));
      if (expected) accepted++;
      for (const primitives of [nativePrimitives, javascriptPrimitives]) {
        const verdict = verifyEd25519(hex(key), Buffer.from(msg), hex(sig), primitives);
        expect(verdict, `case ${number} ${String(flags)}`).toBe(expected);
      }
    }
    expect(accepted).toBeGreaterThan(0);
  },
);

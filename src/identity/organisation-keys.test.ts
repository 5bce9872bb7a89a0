import { expect, test } from 'vitest';
import { hpkeOpen, hpkeSeal, signEd25519Native } from '../crypto/index.ts';
import { ed25519PublicKey, fromBase64, verifyEd25519 } from '../proof/index.ts';
import { createOrganisationKeys, newKeyOf } from './index.ts';

test('an organisation has a key of its own for every use, and membership sees the public half only', async () => {
  const keys = createOrganisationKeys();
  expect(keys.map(({ use, algorithm }) => `${use} ${algorithm}`).sort()).toEqual([
    'exchange-seal x25519',
    'exchange-sign ed25519',
    'ledger ed25519',
    'log ed25519',
    'transaction ed25519',
    'witness ed25519',
  ]);
  expect(new Set(keys.map(({ privateKey }) => Buffer.from(privateKey).toString('hex'))).size).toBe(6);
  expect(new Set(keys.map(({ id }) => id)).size).toBe(6);
  const message = new TextEncoder().encode('who signs');
  for (const key of keys) {
    const member = newKeyOf(key);
    expect(Object.keys(member).sort()).toEqual(['algorithm', 'id', 'key', 'use']);
    expect(member).toMatchObject({ id: key.id, use: key.use });
    const publicKey = fromBase64(member.key);
    if (key.algorithm === 'ed25519') {
      expect(ed25519PublicKey(key.privateKey)).toEqual(new Uint8Array(publicKey));
      expect(verifyEd25519(publicKey, message, signEd25519Native(key.privateKey, message))).toBe(true);
    } else {
      const sealed = await hpkeSeal(publicKey, message, new Uint8Array(), new Uint8Array());
      expect(Buffer.from(await hpkeOpen(key.privateKey, sealed, new Uint8Array(), new Uint8Array()))).toEqual(
        Buffer.from(message),
      );
    }
  }
});

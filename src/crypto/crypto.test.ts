import { createDecipheriv, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyEd25519 } from '../proof/index.ts';
import {
  CryptoError,
  compress,
  decompress,
  ed25519Signer,
  equalSecret,
  generateEd25519,
  generateX25519,
  hkdf,
  hmac,
  hpkeOpen,
  hpkeSeal,
  nativePrimitives,
  open,
  openWithPassphrase,
  randomBytes,
  randomId,
  seal,
  sealWithPassphrase,
  sha256Native,
  sha256Short,
  signEd25519Native,
  x25519,
} from './index.ts';

const KEY = Buffer.alloc(32, 7);
const AAD = Buffer.from('place');
/** The cheapest scrypt that is allowed, so that the tests are quick. */
const COST = 15;

async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (error) {
    return error instanceof CryptoError ? error.code : `other: ${String(error)}`;
  }
  return undefined;
}

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe('sealing', () => {
  test('any changed bit of message, key or place is refused', async () => {
    const sealed = seal(KEY, Buffer.from('content'), AAD);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const code = await codeOf(() => open(KEY, flipped(sealed, bit), AAD));
      expect(code).toBe(bit < 8 ? 'unknown-suite' : 'not-authentic');
    }
    expect(await codeOf(() => open(flipped(KEY, 0), sealed, AAD))).toBe('not-authentic');
    expect(await codeOf(() => open(KEY, sealed, Buffer.from('elsewhere')))).toBe('not-authentic');
  });

  test('cut messages and wrong keys are malformed', async () => {
    const sealed = seal(KEY, Buffer.from(''), AAD);
    expect(sealed).toHaveLength(29);
    for (let length = 0; length < sealed.length; length++) {
      expect(await codeOf(() => open(KEY, sealed.subarray(0, length), AAD))).toBe('malformed');
    }
    expect(await codeOf(() => seal(KEY.subarray(1), AAD, AAD))).toBe('malformed');
    expect(await codeOf(() => open(KEY.subarray(1), sealed, AAD))).toBe('malformed');
  });

  test('what was sealed opens again, and never twice to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 100 }), (plaintext, aad) => {
        const sealed = seal(KEY, plaintext, aad);
        expect(open(KEY, sealed, aad)).toEqual(Buffer.from(plaintext));
        expect(seal(KEY, plaintext, aad)).not.toEqual(sealed);
      }),
    );
  });
});

describe('HPKE', () => {
  test('a message opens only with the right key, info and place, and no changed bit', async () => {
    const { privateKey, publicKey } = generateX25519();
    const sealed = await hpkeSeal(publicKey, Buffer.from('content'), 'info', AAD);
    expect(await hpkeOpen(privateKey, sealed, 'info', AAD)).toEqual(Buffer.from('content'));
    for (let bit = 0; bit < sealed.length * 8; bit += 5) {
      expect(await codeOf(() => hpkeOpen(privateKey, flipped(sealed, bit), 'info', AAD))).toBe(
        // The highest bit of an X25519 public key is ignored in the exchange, but enc is bound by the key schedule.
        bit < 8 ? 'unknown-suite' : 'not-authentic',
      );
    }
    const other = generateX25519().privateKey;
    expect(await codeOf(() => hpkeOpen(other, sealed, 'info', AAD))).toBe('not-authentic');
    expect(await codeOf(() => hpkeOpen(privateKey, sealed, 'other', AAD))).toBe('not-authentic');
    expect(await codeOf(() => hpkeOpen(privateKey, sealed, 'info', 'other'))).toBe('not-authentic');
    expect(await codeOf(() => hpkeOpen(privateKey, sealed.subarray(0, 48), 'info', AAD))).toBe('malformed');
  });

  test('nothing is sealed to a key of small order or of a wrong length', async () => {
    expect(await codeOf(() => hpkeSeal(new Uint8Array(32), AAD, '', ''))).toBe('weak-key');
    expect(await codeOf(() => hpkeSeal(new Uint8Array(31), AAD, '', ''))).toBe('malformed');
  });

  test('a reading of RFC 9180 on other primitives opens the message', async () => {
    const recipient = generateX25519();
    const sealed = await hpkeSeal(recipient.publicKey, Buffer.from('content'), 'info', AAD);
    const opened = openByTheBook(recipient.privateKey, recipient.publicKey, sealed, Buffer.from('info'), AAD);
    expect(opened.toString()).toBe('content');
  });
});

/** RFC 9180 §4.1, §5.1 and §5.2, base mode, from HMAC, HKDF-Expand, X25519 and AES-GCM alone. */
function openByTheBook(
  privateKey: Uint8Array,
  publicKey: Uint8Array,
  sealed: Buffer,
  info: Buffer,
  aad: Buffer,
) {
  const kemSuite = Buffer.from('KEM\x00\x20', 'latin1');
  const hpkeSuite = Buffer.from('HPKE\x00\x20\x00\x01\x00\x02', 'latin1');
  const extract = (suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array) =>
    hmac(salt.length === 0 ? new Uint8Array(32) : salt, 'HPKE-v1', suite, label, ikm);
  const expand = (suite: Buffer, prk: Uint8Array, label: string, context: Uint8Array, length: number) => {
    const labelled = Buffer.concat([
      Buffer.from([0, length]),
      Buffer.from('HPKE-v1'),
      suite,
      Buffer.from(label),
      context,
    ]);
    return hmac(prk, labelled, Uint8Array.of(1)).subarray(0, length);
  };
  const enc = sealed.subarray(1, 33);
  const eae = extract(kemSuite, Buffer.alloc(0), 'eae_prk', x25519(privateKey, enc));
  const shared = expand(kemSuite, eae, 'shared_secret', Buffer.concat([enc, publicKey]), 32);
  const context = Buffer.concat([
    Uint8Array.of(0),
    extract(hpkeSuite, Buffer.alloc(0), 'psk_id_hash', Buffer.alloc(0)),
    extract(hpkeSuite, Buffer.alloc(0), 'info_hash', info),
  ]);
  const secret = extract(hpkeSuite, shared, 'secret', Buffer.alloc(0));
  const decipher = createDecipheriv(
    'aes-256-gcm',
    expand(hpkeSuite, secret, 'key', context, 32),
    expand(hpkeSuite, secret, 'base_nonce', context, 12),
  );
  decipher.setAAD(aad).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(33, -16)), decipher.final()]);
}

describe('passphrases', () => {
  const sealed = sealWithPassphrase('korrekt pferd', Buffer.from('secret'), AAD, COST);

  test('a wrong passphrase, another place or a changed byte is refused alike', async () => {
    expect(await codeOf(() => openWithPassphrase('wrong', sealed, AAD))).toBe('not-authentic');
    expect(await codeOf(() => openWithPassphrase('korrekt pferd', sealed, KEY))).toBe('not-authentic');
    for (const byte of [4, 19, 20 + 5, sealed.length - 1]) {
      expect(await codeOf(() => openWithPassphrase('korrekt pferd', flipped(sealed, byte * 8), AAD))).toBe(
        'not-authentic',
      );
    }
  });

  test('a file that asks for a weak, huge or unknown derivation is refused before any work', async () => {
    const asking = (byte: number, value: number) => {
      const copy = Buffer.from(sealed);
      copy[byte] = value;
      return codeOf(() => openWithPassphrase('korrekt pferd', copy, AAD));
    };
    expect(await asking(0, 2)).toBe('unknown-suite');
    for (const [byte, value] of [
      [1, 14],
      [1, 21],
      [1, 255],
      [2, 9],
      [3, 2],
    ] as const) {
      expect(await asking(byte, value)).toBe('malformed');
    }
    expect(await codeOf(() => openWithPassphrase('korrekt pferd', sealed.subarray(0, 40), AAD))).toBe(
      'malformed',
    );
    expect(await codeOf(() => sealWithPassphrase('', KEY, AAD, COST))).toBe('malformed');
  });

  test('the right passphrase opens, in whichever Unicode form it was typed', () => {
    expect(openWithPassphrase('korrekt pferd', sealed, AAD).toString()).toBe('secret');
    const composed = sealWithPassphrase('caf\u00e9', KEY, AAD, COST);
    expect(openWithPassphrase('cafe\u0301', composed, AAD)).toEqual(KEY);
  });
});

describe('compression', () => {
  test('a small frame that would become huge is stopped at the limit', async () => {
    const bomb = compress(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    expect(await codeOf(() => decompress(bomb, 1_000_000))).toBe('too-large');
    expect(decompress(bomb, 50_000_000)).toHaveLength(50_000_000);
  });

  test('cut or foreign bytes are malformed', async () => {
    const frame = compress(Buffer.from('content '.repeat(50)));
    expect(await codeOf(() => decompress(frame.subarray(0, -1), 1000))).toBe('malformed');
    expect(await codeOf(() => decompress(Buffer.from('content'), 1000))).toBe('malformed');
    expect(decompress(frame, 1000).toString()).toBe('content '.repeat(50));
  });
});

describe('signatures', () => {
  test('a signature holds for its message and key alone', () => {
    const { privateKey, publicKey } = generateEd25519();
    const message = Buffer.from('message');
    const signature = signEd25519Native(privateKey, message);
    expect(signature).toEqual(ed25519Signer(privateKey)(message));
    expect(verifyEd25519(publicKey, message, signature, nativePrimitives)).toBe(true);
    expect(verifyEd25519(publicKey, KEY, signature, nativePrimitives)).toBe(false);
    expect(verifyEd25519(generateEd25519().publicKey, message, signature, nativePrimitives)).toBe(false);
  });

  test('a key that is no point of the curve verifies nothing', () => {
    const notAPoint = Buffer.alloc(32, 2);
    expect(nativePrimitives.verifyEd25519(notAPoint, KEY, Buffer.alloc(64, 2))).toBe(false);
    expect(nativePrimitives.verifyEd25519(Buffer.alloc(5), KEY, Buffer.alloc(64, 2))).toBe(false);
  });

  test('a seed of another length is malformed', async () => {
    expect(await codeOf(() => ed25519Signer(Buffer.alloc(31)))).toBe('malformed');
    expect(await codeOf(() => x25519(Buffer.alloc(31), KEY))).toBe('malformed');
  });
});

test('parts are hashed one after another, strings as UTF-8', () => {
  expect(sha256Native('a', Buffer.from('b'))).toEqual(sha256Native('ab'));
  expect(hmac(KEY, 'é', AAD)).toEqual(hmac(KEY, Buffer.concat([Buffer.from('é'), AAD])));
  expect(hkdf(KEY, 'info', 42, 'salt')).toEqual(Buffer.from(hkdfSync('sha256', KEY, 'salt', 'info', 42)));
  expect(equalSecret(KEY, Buffer.from(KEY))).toBe(true);
  expect(equalSecret(KEY, KEY.subarray(1))).toBe(false);
});

test('a short hash is the same hash', () => {
  for (const length of [0, 1, 33, 65, 1_000]) {
    const bytes = randomBytes(length);
    expect(Buffer.from(sha256Short(bytes))).toEqual(sha256Native(bytes));
  }
});

test('ids are 32 hexadecimal digits and do not repeat', () => {
  const ids = new Set(Array.from({ length: 20_000 }, randomId));
  expect(ids.size).toBe(20_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  for (const length of [0, 1, 64, 65, 10_000]) expect(randomBytes(length)).toHaveLength(length);
});

import { hkdf, hmac, open, SEALING_KEY_BYTES, seal } from '../../crypto/index.ts';

/** Hashes and seals what the sign-in tables hold, under keys of their own. */
export interface RecordSealing {
  /** The same text for the same use gives the same 32 bytes; nobody without the key can tell which text it was. */
  hash(use: string, text: string): Buffer;
  /** Seals a JSON value for one place (kind and row): in another row it opens nothing. */
  seal(value: unknown, place: string): Buffer;
  /** Opens what was sealed for this place. Throws CryptoError `not-authentic` for any other. */
  open(sealed: Uint8Array, place: string): unknown;
  /** A key of 32 bytes for one more use, such as cookies. */
  derived(use: string): Buffer;
}

/** The sealing of one organisation's sign-in tables, from the identity key of its keyring. */
export function createRecordSealing(key: Uint8Array): RecordSealing {
  const derived = (use: string) => Buffer.from(hkdf(key, `holdfast/identity/${use}/v1`, SEALING_KEY_BYTES));
  const hashKey = derived('sign-in-hash');
  const sealingKey = derived('sign-in-seal');
  return {
    hash: (use, text) => hmac(hashKey, use, '\n', text),
    seal: (value, place) => seal(sealingKey, Buffer.from(JSON.stringify(value)), Buffer.from(place)),
    open: (sealed, place) => JSON.parse(open(sealingKey, sealed, Buffer.from(place)).toString()) as unknown,
    derived,
  };
}

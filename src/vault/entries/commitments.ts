import { hmac } from '../../crypto/index.ts';
import { KeyedHash, keyedHashOnce } from '../keyed-hash.ts';

const ENTRY_PREFIX = 'holdfast/entry/v1\n';
const CONTENT_PREFIX = 'holdfast/content/v1\n';
const CONTENT_SALT_PREFIX = 'holdfast/content-salt/v1\n';
/** HKDF's extract with an empty salt (RFC 5869 §2.2). */
const EMPTY_SALT = Buffer.alloc(32);
/** Number of HKDF's first and only block (RFC 5869 §2.3), behind the info. */
const FIRST_BLOCK = '\u0001';

/** FORMATS §2 on native cryptography: the log record of an event, given its JCS text. 32 bytes. */
export function entryCommitment(salt: Uint8Array, eventText: string): Buffer {
  return keyedHashOnce(salt, ENTRY_PREFIX, eventText);
}

/** FORMATS §1: the commitment to canonical content. 32 bytes. */
export function contentCommitment(contentSalt: Uint8Array, text: string): Buffer {
  return keyedHashOnce(contentSalt, CONTENT_PREFIX, text);
}

/** FORMATS §1: HKDF-SHA256 of a data or audit key for its events; the extracting half is done once for all of them. */
export class ContentSalts {
  readonly #expand: KeyedHash;

  constructor(key: Uint8Array) {
    this.#expand = new KeyedHash(hmac(EMPTY_SALT, key));
  }

  /** The content salt of an event, 32 bytes. */
  of(eventId: string): Buffer {
    return Buffer.from(this.#expand.of(CONTENT_SALT_PREFIX + eventId + FIRST_BLOCK), 'latin1');
  }
}

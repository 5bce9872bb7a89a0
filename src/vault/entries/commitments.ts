import { hmac } from '../../crypto/index.ts';

const ENTRY_PREFIX = 'holdfast/entry/v1\n';
const CONTENT_PREFIX = 'holdfast/content/v1\n';
const CONTENT_SALT_PREFIX = 'holdfast/content-salt/v1\n';
/** HKDF's extract with an empty salt (RFC 5869 §2.2). */
const EMPTY_SALT = Buffer.alloc(32);
/** Number of HKDF's first and only block (RFC 5869 §2.3). */
const FIRST_BLOCK = Buffer.of(1);

/** FORMATS §2 on native cryptography: the log record of an event, given its JCS text. 32 bytes. */
export function entryCommitment(salt: Uint8Array, eventText: string): Buffer {
  return hmac(salt, ENTRY_PREFIX + eventText);
}

/** FORMATS §1: the commitment to canonical content. 32 bytes. */
export function contentCommitment(contentSalt: Uint8Array, text: string): Buffer {
  return hmac(contentSalt, CONTENT_PREFIX + text);
}

/** First half of {@link contentSalt}: HKDF's pseudorandom key of a data or audit key, which many events share. */
export function contentSaltSource(key: Uint8Array): Buffer {
  return hmac(EMPTY_SALT, key);
}

/** FORMATS §1: HKDF-SHA256 of a key for one event; `source` is {@link contentSaltSource} of that key. 32 bytes. */
export function contentSalt(source: Uint8Array, eventId: string): Buffer {
  return hmac(source, CONTENT_SALT_PREFIX + eventId, FIRST_BLOCK);
}

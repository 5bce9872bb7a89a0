import { scrypt } from 'node:crypto';
import { equalSecret, randomBytes } from '../../crypto/index.ts';
import { IdentityError } from '../errors.ts';

/** scrypt's N = 2¹⁵ with r = 8: 32 MiB and about 60 ms, paid once per token request. */
const COST_LOG2 = 15; // as the rest of the product asks of passphrases at least
const MIN_COST_LOG2 = 14; // a weaker hash in the configuration is refused
const MAX_COST_LOG2 = 18; // 256 MiB: beyond it a few requests would take the memory of the process
const BLOCK_SIZE = 8; // RFC 7914 §2
const SALT_BYTES = 16; // 128 random bits: no two clients share one
const HASH_BYTES = 32; // as strong as the secret may be
/** Longest secret taken; the client generates it, 43 characters are 256 bits. */
const MAX_SECRET_CHARACTERS = 512; // a bound on what is hashed for an unknown caller

const pattern = /^scrypt\$(\d{2})\$([\w-]{22})\$([\w-]{43})$/;

/** A hash of a client secret for the configuration: `scrypt$<log2 N>$<salt>$<hash>`, base64url. */
export async function hashClientSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(secret, salt, COST_LOG2);
  return `scrypt$${COST_LOG2}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Whether a text is a hash that {@link verifyClientSecret} accepts: form and cost. */
export function isClientSecretHash(text: string): boolean {
  const cost = Number(pattern.exec(text)?.[1] ?? 0);
  return cost >= MIN_COST_LOG2 && cost <= MAX_COST_LOG2;
}

/** True when `secret` has this hash; compared in constant time. Throws IdentityError `client-invalid` when the hash is not one. */
export async function verifyClientSecret(secretHash: string, secret: string): Promise<boolean> {
  const [, cost, salt, hash] = pattern.exec(secretHash) ?? [];
  if (cost === undefined || salt === undefined || hash === undefined || !isClientSecretHash(secretHash)) {
    throw new IdentityError(
      'client-invalid',
      'A client secret hash must be of the form scrypt$15$salt$hash.',
    );
  }
  if (secret.length > MAX_SECRET_CHARACTERS) return false;
  return equalSecret(
    await derive(secret, Buffer.from(salt, 'base64url'), Number(cost)),
    Buffer.from(hash, 'base64url'),
  );
}

function derive(secret: string, salt: Buffer, costLog2: number): Promise<Buffer> {
  const N = 2 ** costLog2;
  return new Promise((resolve, reject) => {
    scrypt(
      secret,
      salt,
      HASH_BYTES,
      { N, r: BLOCK_SIZE, p: 1, maxmem: 256 * N * BLOCK_SIZE },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}

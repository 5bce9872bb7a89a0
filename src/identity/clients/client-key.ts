import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';

/** Algorithms of client assertions. SMART App Launch 2.2 asks servers for ES384 and RS384 and no weaker ones. */
export const ASSERTION_ALGORITHMS = ['ES384', 'RS384'] as const;

const MAX_KEYS = 16; // a rotation has two or three at a time
const MIN_RSA_BITS = 2048; // NIST SP 800-131A rev. 2

/**
 * The public keys of an inline key set. Undefined when it is none, holds more keys than a rotation needs, a private or
 * symmetric key (a public key used as a shared secret is how algorithms are confused), or none that can sign an assertion.
 */
export function assertionKeys(jwks: unknown): { keys: JWK[] } | undefined {
  const keys = (jwks as { keys?: unknown } | undefined)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) return undefined;
  const read = keys.map(publicKey);
  return read.every((key) => key !== undefined) ? { keys: read } : undefined;
}

function publicKey(value: unknown): JWK | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const jwk = value as JWK;
  if ('d' in jwk || 'k' in jwk) return undefined;
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as never, format: 'jwk' });
    const isEc = jwk.kty === 'EC' && jwk.crv === 'P-384' && (jwk.alg ?? 'ES384') === 'ES384';
    const isRsa =
      jwk.kty === 'RSA' &&
      (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS &&
      (jwk.alg ?? 'RS384') === 'RS384';
    if (!isEc && !isRsa) return undefined;
    return { ...jwk, alg: isEc ? 'ES384' : 'RS384', use: 'sig' };
  } catch {
    return undefined;
  }
}

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import { randomId } from '../../crypto/index.ts';

/** ECDSA P-256 with SHA-256: every JOSE library has it, and it verifies twice as fast here as Ed25519. The only algorithm accepted. */
export const TOKEN_ALGORITHM = 'ES256';

/** A key that signs access tokens. `privateKey` is PKCS #8 DER of a P-256 key. */
export interface TokenKey {
  /** Goes into the token's `kid`. */
  id: string;
  privateKey: Uint8Array;
}

/** A new P-256 key with a random id. */
export function generateTokenKey(): TokenKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id: randomId(), privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) };
}

/** The private key as a JWK, for the authorisation server's key store. */
export function privateJwk(key: TokenKey): JWK {
  return { ...keyObject(key).export({ format: 'jwk' }), kid: key.id, alg: TOKEN_ALGORITHM, use: 'sig' };
}

/** The public key as a JWK. */
export function publicJwk(key: TokenKey): JWK {
  const jwk = createPublicKey(keyObject(key)).export({ format: 'jwk' });
  return { ...jwk, kid: key.id, alg: TOKEN_ALGORITHM, use: 'sig' };
}

/** The private key as PKCS #8 PEM. */
export function tokenKeyPem(key: TokenKey): string {
  return keyObject(key).export({ format: 'pem', type: 'pkcs8' }).toString();
}

function keyObject(key: TokenKey) {
  return createPrivateKey({ key: Buffer.from(key.privateKey), format: 'der', type: 'pkcs8' });
}

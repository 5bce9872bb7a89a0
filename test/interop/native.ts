import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Primitives, toBase64Url } from '../../src/proof/index.ts';

/** Ed25519 by OpenSSL: the other primitive that the edge cases must gate. */
export const nativePrimitives: Primitives = {
  verifyEd25519(publicKey, message, signature) {
    let key: KeyObject;
    try {
      key = createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(publicKey) },
        format: 'jwk',
      });
    } catch {
      return false;
    }
    return verify(null, message, key, signature);
  },
};

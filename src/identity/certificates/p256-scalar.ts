import { createECDH, createPrivateKey } from 'node:crypto';
import { fromBase64Url, toBase64Url } from '../../proof/index.ts';

/** The private number of a P-256 key (SEC 1 §2.3.7): 32 bytes, as the keyring holds keys. From PKCS #8 DER. */
export function p256Scalar(pkcs8: Uint8Array): Uint8Array {
  const { d } = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  });
  return fromBase64Url(d ?? '');
}

/** PKCS #8 DER of a P-256 private number of 32 bytes. Throws for zero and for the order or more. */
export function p256PrivateKey(scalar: Uint8Array): Uint8Array {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: toBase64Url(scalar),
    x: toBase64Url(point.subarray(1, 33)),
    y: toBase64Url(point.subarray(33, 65)),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'pkcs8' });
}

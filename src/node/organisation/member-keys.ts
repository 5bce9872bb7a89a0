import { createECDH, createPrivateKey } from 'node:crypto';
import { generateEd25519, generateX25519, signEd25519Native, x25519 } from '../../crypto/index.ts';
import { type OrganisationKey, organisationKeyUses, type TokenKey } from '../../identity/index.ts';
import type { KeyUse } from '../../ledger/index.ts';
import { ed25519PublicKey, type Signer, toBase64Url } from '../../proof/index.ts';
import type { Keyring, KeyringKey } from '../../vault/index.ts';

/** u = 9, the base point (RFC 7748 §4.1): a private key times it is the public key. */
const X25519_BASE = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 9 : 0));
/** Keyring use of the key that signs access tokens. */
const TOKEN_USE = 'token';

function withPublicKey(use: KeyUse, { id, key }: KeyringKey): OrganisationKey {
  const sealing = use === 'exchange-seal';
  return {
    id,
    use,
    algorithm: sealing ? 'x25519' : 'ed25519',
    privateKey: key,
    publicKey: sealing ? x25519(key, X25519_BASE) : ed25519PublicKey(key),
  };
}

const make = (use: KeyUse) => () => (use === 'exchange-seal' ? generateX25519() : generateEd25519()).privateKey;

/** The newest key of each membership use out of the keyring; makes what is missing. */
export function memberKeys(keyring: Keyring): OrganisationKey[] {
  return organisationKeyUses.map((use) => withPublicKey(use, keyring.key(use, make(use))));
}

/** The newest key of one use. */
export function memberKey(keyring: Keyring, use: KeyUse): OrganisationKey {
  return withPublicKey(use, keyring.key(use, make(use)));
}

/** Adds a new key of one use, which becomes the newest. */
export function addMemberKey(keyring: Keyring, use: KeyUse): OrganisationKey {
  return withPublicKey(use, keyring.add(use, make(use)()));
}

/** A note or cosignature signer on a key of the organisation. */
export function signerOf(name: string, key: OrganisationKey): Signer {
  return { name, publicKey: key.publicKey, sign: (message) => signEd25519Native(key.privateKey, message) };
}

/** Keys that access tokens are signed with and accepted by, newest first: P-256 scalars of the keyring as PKCS #8. */
export function tokenKeys(keyring: Keyring): TokenKey[] {
  keyring.key(TOKEN_USE, randomScalar);
  return [...keyring.keys(TOKEN_USE)].reverse().map(({ id, key }) => ({ id, privateKey: pkcs8Of(key) }));
}

function randomScalar(): Uint8Array {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  const scalar = curve.getPrivateKey();
  // Leading zeros are dropped by the library; the keyring holds exactly 32 bytes.
  return Buffer.concat([Buffer.alloc(32 - scalar.length), scalar]);
}

/** PKCS #8 DER of a P-256 private scalar of 32 bytes. */
export function pkcs8Of(scalar: Uint8Array): Uint8Array {
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

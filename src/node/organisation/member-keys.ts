import { generateEd25519, generateX25519, signEd25519Native, x25519 } from '../../crypto/index.ts';
import {
  generateTokenKey,
  type OrganisationKey,
  organisationKeyUses,
  p256PrivateKey,
  p256Scalar,
  type TokenKey,
} from '../../identity/index.ts';
import type { KeyUse } from '../../ledger/index.ts';
import { ed25519PublicKey, type Signer } from '../../proof/index.ts';
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

const make = (use: KeyUse) => () =>
  (use === 'exchange-seal' ? generateX25519() : generateEd25519()).privateKey;

/** The newest key of each membership use out of the keyring; makes what is missing. */
export function memberKeys(keyring: Keyring): OrganisationKey[] {
  return organisationKeyUses.map((use) => memberKey(keyring, use));
}

/** The newest key of one use. */
export function memberKey(keyring: Keyring, use: KeyUse): OrganisationKey {
  return withPublicKey(use, keyring.key(use, make(use)));
}

/** Every private key of one use, newest first: what was sealed to an earlier one still opens. */
export function privateKeys(keyring: Keyring, use: KeyUse): Uint8Array[] {
  return [...keyring.keys(use)].reverse().map(({ key }) => key);
}

/** Signs bytes with a key of the organisation. */
export function signWith(key: OrganisationKey): (message: Uint8Array) => Uint8Array {
  return (message) => signEd25519Native(key.privateKey, message);
}

/** A note or cosignature signer on a key of the organisation. */
export function signerOf(name: string, key: OrganisationKey): Signer {
  return { name, publicKey: key.publicKey, sign: signWith(key) };
}

/** Keys that access tokens are signed with and accepted by, newest first. */
export function tokenKeys(keyring: Keyring): TokenKey[] {
  keyring.key(TOKEN_USE, () => p256Scalar(generateTokenKey().privateKey));
  return [...keyring.keys(TOKEN_USE)]
    .reverse()
    .map(({ id, key }) => ({ id, privateKey: p256PrivateKey(key) }));
}

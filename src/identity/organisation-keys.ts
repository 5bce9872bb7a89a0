import { generateEd25519, generateX25519, randomId } from '../crypto/index.ts';
import type { KeyUse } from '../ledger/index.ts';
import { toBase64 } from '../proof/index.ts';
import type { NewKey } from './membership/member-application.ts';

/** A key pair of an organisation for one use; the private half belongs in the keyring. */
export interface OrganisationKey {
  /** 128 random bits; with the organisation's id it names the key everywhere (`<org>/<key id>`). */
  id: string;
  use: KeyUse;
  algorithm: 'ed25519' | 'x25519';
  /** 32 bytes; for Ed25519 the seed. */
  privateKey: Uint8Array;
  /** 32 bytes. */
  publicKey: Uint8Array;
}

/** Every use an organisation has a key for as a member, in the order `membership` lists them (DESIGN §6). */
export const organisationKeyUses: readonly KeyUse[] = [
  'log',
  'witness',
  'ledger',
  'exchange-sign',
  'exchange-seal',
  'transaction',
];

/** A new key for one use: X25519 for sealing, Ed25519 for everything that signs. */
export function createOrganisationKey(use: KeyUse): OrganisationKey {
  const algorithm = use === 'exchange-seal' ? 'x25519' : 'ed25519';
  const pair = algorithm === 'x25519' ? generateX25519() : generateEd25519();
  return { id: randomId(), use, algorithm, privateKey: pair.privateKey, publicKey: pair.publicKey };
}

/** A new key for every use. One key never serves two: a signature for one purpose is then none for another. */
export function createOrganisationKeys(): OrganisationKey[] {
  return organisationKeyUses.map(createOrganisationKey);
}

/** A key as it is brought to `membership`: its public half. The period begins at the height that accepts it. */
export function newKeyOf({ id, use, algorithm, publicKey }: OrganisationKey): NewKey {
  return { id, use, algorithm, key: toBase64(publicKey) };
}

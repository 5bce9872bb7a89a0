import { ed25519Signer, sha256Native } from '../../crypto/index.ts';
import {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  ed25519PublicKey,
  formatNetworkPolicy,
  formatVerifierKey,
  ledgerKeyName,
  toBase64,
  witnessName,
} from '../../proof/index.ts';
import type { MemberKey } from '../kit/index.ts';

/** The ledger id of every network of the suite. */
export const TEST_LEDGER = '00112233445566778899aabbccddeeff';
/** The founders of every network of the suite. */
export const FOUNDERS = ['aurora', 'lakeside', 'meridian', 'st-mary'] as const;

/** The seed of an organisation's key, the same in every run. */
export function testSeed(organisation: string, use: string): Uint8Array {
  return sha256Native('holdfast/ledger-suite', organisation, use);
}

/** The public key that belongs to {@link testSeed}. */
export function testPublicKey(organisation: string, use: string): Uint8Array {
  return ed25519PublicKey(testSeed(organisation, use));
}

/** Signs with an organisation's test key. */
export function testSigner(organisation: string, use: string): (message: Uint8Array) => Uint8Array {
  return ed25519Signer(testSeed(organisation, use));
}

/** An organisation's keys as membership holds them, active from genesis. */
export function testKeys(organisation: string): MemberKey[] {
  return (['log', 'witness', 'ledger', 'transaction'] as const).map((use) => ({
    id: sha256Native('key', organisation, use).toString('hex').slice(0, 32),
    use,
    algorithm: 'ed25519',
    key: toBase64(testPublicKey(organisation, use)),
    from: 0,
  }));
}

/** The network's policy of these members. */
export function testPolicy(version: number, organisations: readonly string[] = FOUNDERS): string {
  const members = organisations.map((organisation) => {
    const origin = `holdfast.local/orgs/${organisation}`;
    const cosigner = (name: string, use: string) =>
      formatVerifierKey({ name, type: ED25519_COSIGNATURE, publicKey: testPublicKey(organisation, use) });
    return {
      organisation,
      log: formatVerifierKey({
        name: origin,
        type: ED25519_NOTE,
        publicKey: testPublicKey(organisation, 'log'),
      }),
      witness: cosigner(witnessName('holdfast.local', organisation), 'witness'),
      ledger: cosigner(ledgerKeyName(TEST_LEDGER, organisation), 'ledger'),
    };
  });
  return formatNetworkPolicy({ ledger: TEST_LEDGER, version, members });
}

import { createHash } from 'node:crypto';
import { ed25519Signer } from '../../crypto/index.ts';
import {
  type ED25519_COSIGNATURE,
  type ED25519_NOTE,
  ed25519PublicKey,
  formatVerifierKey,
  type Signer,
} from '../../proof/index.ts';

/** The origin of a member's first log. */
export function originOf(organisation: string): string {
  return `holdfast.local/orgs/${organisation}`;
}

/** A signer whose key follows from a text. */
export function testSigner(name: string, seedText: string): Signer {
  const seed = createHash('sha256').update(seedText).digest();
  return { name, publicKey: ed25519PublicKey(seed), sign: ed25519Signer(seed) };
}

/** The verifier key text of a signer. */
export function vkey(signer: Signer, type: typeof ED25519_NOTE | typeof ED25519_COSIGNATURE): string {
  return formatVerifierKey({ name: signer.name, publicKey: signer.publicKey, type });
}

/** Entries that follow from a name and a number. */
export function testEntries(name: string, count: number, from = 0): Uint8Array[] {
  return Array.from(
    { length: count },
    (_, i) =>
      new Uint8Array(
        createHash('sha256')
          .update(`${name} ${from + i}`)
          .digest(),
      ),
  );
}

import { canonicalBytes, type JsonObject, parseStrictJson, toBase64 } from '../../proof/index.ts';
import type { ResourceName } from '../change.ts';
import { VaultError } from '../error.ts';

/** Why something is erased. */
export type ErasureReason = 'subject-request' | 'retention-expired' | 'court-order' | 'entered-in-error';

/** What to erase, and why. */
export type ErasureOrder = ErasureSubject & {
  readonly reason: ErasureReason;
  /** Opaque id of who orders it. */
  readonly actor: string;
};

/** A patient with everything that is theirs alone, or one record. */
export type ErasureSubject = { readonly patient: string } | { readonly record: ResourceName };

/** What says, signed, that and why something is gone. Kept under audit keys; names logical ids and nothing else. */
export interface Tombstone {
  readonly type: 'holdfast/tombstone/v1';
  readonly organisation: string;
  readonly scope: 'patient' | 'record';
  /** `Patient/<id>` or `Type/<id>`. */
  readonly subject: string;
  /** Ids of the destroyed keys, as they stand on the ledger. */
  readonly keys: readonly string[];
  readonly reason: ErasureReason;
  readonly actor: string;
  readonly time: string;
  /** What can no longer be read. */
  readonly erased: readonly string[];
  /** What another patient's key still opens. */
  readonly shared: readonly string[];
  readonly notice: typeof NOTICE;
  /** Base64, by the organisation, over the JCS of all the rest. */
  readonly signature: string;
}

/** The promise's edge (DESIGN §5). */
export const NOTICE = 'Copies released to others before are outside this erasure.';

/** What a tombstone's signature is over. */
export function tombstoneMessage(tombstone: Omit<Tombstone, 'signature'>): Uint8Array {
  return canonicalBytes(tombstone as unknown as JsonObject);
}

/** The tombstone with its signature. */
export function signTombstone(
  tombstone: Omit<Tombstone, 'signature'>,
  sign: (message: Uint8Array) => Uint8Array,
): Tombstone {
  return { ...tombstone, signature: toBase64(sign(tombstoneMessage(tombstone))) };
}

/** A tombstone's stored text. */
export function parseTombstone(text: string): Tombstone {
  const value = parseStrictJson(text) as Partial<Tombstone>;
  if (value.type !== 'holdfast/tombstone/v1') {
    throw new VaultError(
      'damaged',
      'A stored tombstone has an unknown form; it was written by a newer program.',
    );
  }
  return value as Tombstone;
}

/** A legal hold to place on a patient's compartment or one record. */
export type HoldOrder = ErasureSubject & {
  /** What it is known by, such as a case number of the organisation's own. */
  readonly name: string;
  readonly actor: string;
};

/** A legal hold that stands. */
export type Hold = HoldOrder & {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly time: string;
};

/** How long records must be kept. */
export interface RetentionRule {
  /** Named in a refusal. */
  readonly name: string;
  /** Resource types it is for; absent: all. */
  readonly types?: readonly string[];
  /** Kept this long after the newest version. */
  readonly days: number;
}

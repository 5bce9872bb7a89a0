import { utf8 } from './bytes.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { cosignatureTime, verifyCosignature } from './cosignature.ts';
import { javascriptPrimitives, type Primitives, verifyEd25519 } from './crypto.ts';
import type { Note, NoteSignature } from './note.ts';
import { parseLogOrigin, witnessName } from './origin.ts';
import { isQuorumMet } from './quorum.ts';
import type { TrustPolicy } from './trust-policy.ts';
import type { VerifierKey } from './verifier-key.ts';

/** Why a policy does not accept a checkpoint. */
export type CheckpointRefusal =
  /** The policy is marked withdrawn: renew the receipt under a newer one. */
  | 'policy-withdrawn'
  /** No log of this origin is in the policy. */
  | 'unknown-log'
  /** The log's key did not sign. */
  | 'log-signature-missing'
  /** A signature with the log key's name and id does not verify. */
  | 'log-signature-invalid'
  /** A cosignature with a witness key's name and id does not verify. */
  | 'cosignature-invalid'
  /** Too few witnesses other than the log's owner cosigned. */
  | 'quorum-missing';

/** The answer about a set of cosignatures. */
export type CosignatureVerdict =
  | { ok: true; quorumTimeSeconds: number }
  | { ok: false; code: 'cosignature-invalid' | 'quorum-missing' };

/** The answer of a policy about a checkpoint. */
export type CheckpointVerdict =
  | {
      ok: true;
      /**
       * POSIX seconds at which the quorum was complete: the k-th earliest cosignature time for a quorum of k. The
       * checkpoint existed before it. Absent when the policy asks for no witness.
       */
      quorumTimeSeconds?: number;
    }
  | { ok: false; code: CheckpointRefusal };

/**
 * Judges a signed checkpoint by a policy (C2SP tlog-policy): signed by the log whose key is named by the origin, cosigned by a
 * quorum. **A cosignature by the owner of the origin never counts**, whatever the policy lists (FORMATS §3): an owner that is also
 * a witness would otherwise need one accomplice less.
 */
export function judgeCheckpoint(
  { checkpoint, note }: SignedCheckpoint,
  policy: TrustPolicy,
  primitives: Primitives = javascriptPrimitives,
): CheckpointVerdict {
  const logs = policy.logs.filter((key) => key.name === checkpoint.origin);
  if (logs.length === 0) return { ok: false, code: 'unknown-log' };
  if (policy.withdrawn) return { ok: false, code: 'policy-withdrawn' };
  const text = utf8(note.text);
  const [own] = note.signatures.flatMap((line) =>
    logs.filter((key) => isBy(key, line)).map((key) => ({ key, line })),
  );
  if (own === undefined) return { ok: false, code: 'log-signature-missing' };
  if (!verifyEd25519(own.key.publicKey, text, own.line.signature, primitives)) {
    return { ok: false, code: 'log-signature-invalid' };
  }
  const { quorum, witnesses } = policy;
  if (quorum.kind === 'none') return { ok: true };
  const others = [...witnesses].filter(([witness, key]) => !isOwner(checkpoint.origin, witness, key));
  return judgeCosignatures(note, new Map(others), (cosigned) => isQuorumMet(quorum, cosigned), primitives);
}

/**
 * Verifies cosignatures by the named `keys` in the order of their times until `isEnough`, and gives the time of the last one needed.
 * Those beyond it are neither verified nor believed. A key counts once, however often it signed.
 */
export function judgeCosignatures(
  note: Note,
  keys: ReadonlyMap<string, VerifierKey>,
  isEnough: (cosigned: ReadonlySet<string>) => boolean,
  primitives: Primitives,
): CosignatureVerdict {
  const text = utf8(note.text);
  const candidates = [...keys]
    .flatMap(([name, key]) =>
      note.signatures.filter((line) => isBy(key, line)).map((line) => ({ name, key, line })),
    )
    // A cosignature without a readable time comes first, and is found invalid.
    .map((candidate) => ({ ...candidate, timeSeconds: cosignatureTime(candidate.line.signature) ?? -1 }))
    .sort((a, b) => a.timeSeconds - b.timeSeconds);
  const cosigned = new Set<string>();
  for (const { name, key, line, timeSeconds } of candidates) {
    if (cosigned.has(name)) continue;
    if (verifyCosignature(key.publicKey, text, line.signature, primitives) === undefined) {
      return { ok: false, code: 'cosignature-invalid' };
    }
    cosigned.add(name);
    if (isEnough(cosigned)) return { ok: true, quorumTimeSeconds: timeSeconds };
  }
  return { ok: false, code: 'quorum-missing' };
}

function isOwner(origin: string, witness: string, key: VerifierKey): boolean {
  const owner = parseLogOrigin(origin);
  return (
    owner !== undefined &&
    (owner.organisation === witness || key.name === witnessName(owner.host, owner.organisation))
  );
}

function isBy(key: VerifierKey, line: NoteSignature): boolean {
  return key.name === line.name && key.keyId === line.keyId;
}

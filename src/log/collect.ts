import {
  formatNote,
  isQuorumMet,
  judgeCheckpoint,
  type NoteSignature,
  noteVerifier,
  type Primitives,
  parseSignedCheckpoint,
  type TrustPolicy,
} from '../proof/index.ts';
import type { HeadToCosign, LinkOutcome, WitnessLink } from './witness-link.ts';

/** How long witnesses that are a little slower than the quorum are still waited for: theirs make the checkpoint stronger. */
const GRACE_MS = 30;

/** A head with the cosignatures that could be had. */
export interface Collected {
  /** The note: the log's signature, then the cosignatures by name. */
  readonly note: string;
  /** Whether the policy accepts it. */
  readonly quorum: boolean;
  /** Of the witnesses that have answered. */
  readonly outcomes: readonly LinkOutcome[];
}

/**
 * Asks the policy's witnesses at the same time and answers as soon as the policy is satisfied (and a moment later), or when
 * every witness has answered or timed out. Who answers after that is not waited for.
 */
export async function collectCosignatures(options: {
  links: readonly WitnessLink[];
  head: HeadToCosign;
  policy: TrustPolicy;
  primitives: Primitives;
}): Promise<Collected> {
  const { links, head, policy, primitives } = options;
  const outcomes: LinkOutcome[] = [];
  const cosignatures: NoteSignature[] = [];
  const cosigned = new Set<string>();
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const asked = links.flatMap((link) => {
    const key = policy.witnesses.get(link.client.organisation);
    if (key === undefined) return [];
    return [
      link.cosign(head, noteVerifier(key, primitives)).then((outcome) => {
        outcomes.push(outcome);
        if (outcome.kind !== 'cosigned') return;
        cosignatures.push(outcome.signature);
        cosigned.add(outcome.organisation);
        if (isQuorumMet(policy.quorum, cosigned)) resolve();
      }),
    ];
  });
  const all = Promise.all(asked);
  await Promise.race([all, enough.then(() => Promise.race([all, pause(GRACE_MS)]))]);
  const note = noteWith(head, cosignatures);
  const { ok } = judgeCheckpoint(parseSignedCheckpoint(note), policy, primitives);
  return { note, quorum: ok, outcomes: [...outcomes] };
}

function noteWith(head: HeadToCosign, cosignatures: readonly NoteSignature[]): string {
  const { note } = parseSignedCheckpoint(head.note);
  const sorted = cosignatures.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return formatNote({ text: note.text, signatures: [...note.signatures, ...sorted] });
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

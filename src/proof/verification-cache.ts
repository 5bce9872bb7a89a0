import { parseSignedCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { type CheckpointVerdict, judgeCheckpoint } from './checkpoint-trust.ts';
import type { Primitives } from './crypto.ts';
import { parsePolicy } from './tlog-policy.ts';
import type { TrustPolicy } from './trust-policy.ts';

/** Checkpoints kept: a bundle of 100,000 receipts rarely needs more than a few at a time, and one is about 4 kB. */
const MAX_CHECKPOINTS = 1_024;
/** Policies kept: one for each membership change, a few kilobytes each. */
const MAX_POLICIES = 256;

interface CachedCheckpoint {
  signed: SignedCheckpoint;
  verdicts: Map<TrustPolicy, CheckpointVerdict>;
}

/**
 * Remembers parsed policies and judged checkpoints, so that receipts which share a checkpoint pay for its signatures once. Bounded:
 * the least recently used go first. Texts are the keys, so that nothing is trusted that was not verified to the last byte.
 */
export class VerificationCache {
  readonly #policies = new Map<string, TrustPolicy>();
  readonly #checkpoints = new Map<string, CachedCheckpoint>();

  /** The parsed policy. Throws as {@link parsePolicy}. */
  policy(text: string): TrustPolicy {
    return remember(this.#policies, text, MAX_POLICIES, () => parsePolicy(text));
  }

  /** The parsed checkpoint, not judged. Throws as {@link parseSignedCheckpoint}. */
  checkpoint(text: string): SignedCheckpoint {
    return this.#entry(text).signed;
  }

  /** The policy's verdict on the checkpoint. Throws as {@link parseSignedCheckpoint}. */
  verdict(text: string, policy: TrustPolicy, primitives: Primitives): CheckpointVerdict {
    const { signed, verdicts } = this.#entry(text);
    return remember(verdicts, policy, MAX_POLICIES, () => judgeCheckpoint(signed, policy, primitives));
  }

  #entry(text: string): CachedCheckpoint {
    return remember(this.#checkpoints, text, MAX_CHECKPOINTS, () => ({
      signed: parseSignedCheckpoint(text),
      verdicts: new Map(),
    }));
  }
}

/** The value under the key, made when absent. A Map iterates in order of insertion, so its first key is the least recently used. */
function remember<K, V>(map: Map<K, V>, key: K, limit: number, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) map.delete(key);
  const value = known ?? make();
  map.set(key, value);
  if (map.size > limit) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  return value;
}

import type { Hash } from './hash.ts';
import type { Quorum } from './quorum.ts';
import type { VerifierKey } from './verifier-key.ts';

/** Which ledger's members a policy lists, and which of its versions this is. */
export interface PolicyHeader {
  ledger: string;
  version: number;
}

/** A trust policy: whose checkpoints are believed, and on whose cosignatures (C2SP tlog-policy, FORMATS §3). */
export interface TrustPolicy {
  /** Absent in policies that were not made by Holdfast. */
  header?: PolicyHeader;
  /** True when a key in it was compromised: nothing is accepted by it any more. */
  withdrawn: boolean;
  /** SHA-256 of the text without its withdrawn line: what `membership` holds. */
  hash: Hash;
  /** Log keys, type 0x01, named by their origin. */
  logs: readonly VerifierKey[];
  /** Witness keys, type 0x04, by their name in the policy: the organisation. */
  witnesses: ReadonlyMap<string, VerifierKey>;
  /** Members' keys for the block log, type 0x04. */
  ledgerKeys: readonly VerifierKey[];
  quorum: Quorum;
}

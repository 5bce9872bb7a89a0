import { equalBytes, fromBase64, toHex } from './bytes.ts';
import type { CheckpointRefusal } from './checkpoint-trust.ts';
import { javascriptPrimitives, type Primitives } from './crypto.ts';
import { ProofError } from './errors.ts';
import { contentCommitment, type Event, entryCommitment } from './event.ts';
import { canonicalizeJsonText } from './json-text.ts';
import { leafHash } from './merkle/hashing.ts';
import { verifyInclusion } from './merkle/inclusion.ts';
import { parseLogOrigin } from './origin.ts';
import { parseReceipt, parseReceiptBundle, type Receipt } from './receipt.ts';
import { parseTlogProof, type TlogProof } from './tlog-proof.ts';
import type { TrustPolicy } from './trust-policy.ts';
import {
  FAILURE_MESSAGES,
  type ReceiptRefused,
  type ReceiptVerdict,
  type VerificationFailure,
  type VerificationFlag,
} from './verdict.ts';
import { VerificationCache } from './verification-cache.ts';

/** How far clocks may differ before a verdict is flagged (FORMATS §2). */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** What a receipt is verified against. */
export interface VerifyOptions {
  /** Texts of the policies the caller trusts, any number of versions. */
  policies: readonly string[];
  /** The content's JSON text, digits as received; without it the content is not checked. */
  content?: string;
  /** The caller's time, to flag cosignatures from the future. */
  now?: Date;
  /** A faster Ed25519, where there is one. */
  primitives?: Primitives;
  /** Shared between calls, so that receipts under one checkpoint are cheap. */
  cache?: VerificationCache;
}

/** Carries a failure out of the steps below. Never leaves this file. */
class Refusal extends Error {
  readonly code: VerificationFailure;
  constructor(code: VerificationFailure) {
    super(code);
    this.code = code;
  }
}

/**
 * Verifies a receipt, given as JSON text or parsed value, offline. A success proves: this event, to the last bit, is in the log that its
 * organisation owns, under a checkpoint that the log and a quorum of other members signed; and, where `content` is given, that it is
 * what the event commits to. It does not prove that what the event says is true, nor that its `time` is right: only the two bounds
 * are. Never throws on bad input.
 */
export function verifyReceipt(receipt: unknown, options: VerifyOptions): ReceiptVerdict {
  try {
    const cache = options.cache ?? new VerificationCache();
    const policies = readPolicies(options.policies, cache);
    return verifyAgainst(
      attempt('receipt-malformed', () => parseReceipt(receipt)),
      policies,
      options,
      cache,
    );
  } catch (error) {
    return refusalOf(error);
  }
}

/** Verdicts of a bundle, one for each item in its order; `ok` when all of them are. */
export interface BundleVerdict {
  ok: boolean;
  verdicts: readonly ReceiptVerdict[];
}

/**
 * Verifies every receipt of a bundle's JSON text with the content beside it. Policies inside the bundle are ignored. A bundle that cannot be
 * read, or no policy, gives one refusal.
 */
export function verifyBundle(
  text: string,
  options: Omit<VerifyOptions, 'content'>,
): BundleVerdict | ReceiptRefused {
  try {
    const cache = options.cache ?? new VerificationCache();
    readPolicies(options.policies, cache);
    const bundle = attempt('receipt-malformed', () => parseReceiptBundle(text));
    const verdicts = bundle.items.map(({ receipt, content }) =>
      verifyReceipt(receipt, { ...options, cache, ...(content !== undefined && { content }) }),
    );
    return { ok: verdicts.every((verdict) => verdict.ok), verdicts };
  } catch (error) {
    return refusalOf(error);
  }
}

function verifyAgainst(
  receipt: Receipt,
  policies: readonly TrustPolicy[],
  options: VerifyOptions,
  cache: VerificationCache,
): ReceiptVerdict {
  const { event } = receipt;
  const proof = attempt('receipt-malformed', () => parseTlogProof(receipt.proof));
  const { checkpoint } = attempt('receipt-malformed', () => cache.checkpoint(proof.checkpoint));
  // The format gives a receipt no extra line, and Holdfast's sizes stay below 2^53.
  if (proof.extra !== undefined || checkpoint.size > Number.MAX_SAFE_INTEGER)
    throw new Refusal('receipt-malformed');
  if (parseLogOrigin(checkpoint.origin)?.organisation !== event.organisation)
    throw new Refusal('wrong-organisation');
  const leaf = leafHash(entryCommitment(fromBase64(receipt.salt), event));
  const isIncluded = verifyInclusion({
    leafIndex: proof.index,
    treeSize: checkpoint.size,
    leafHash: leaf,
    proof: proof.hashes,
    root: checkpoint.root,
  });
  if (!isIncluded) throw new Refusal('inclusion-invalid');
  const { policy, quorumTimeSeconds } = acceptingPolicy(
    proof,
    policies,
    options.primitives ?? javascriptPrimitives,
    cache,
  );
  if (options.content !== undefined) checkContent(receipt, options.content);
  const loggedBefore = quorumTimeSeconds === undefined ? undefined : new Date(quorumTimeSeconds * 1000);
  return {
    ok: true,
    event,
    policy: { ...policy.header, hash: toHex(policy.hash) },
    origin: checkpoint.origin,
    leafIndex: Number(proof.index),
    treeSize: Number(checkpoint.size),
    loggedAfterBlock: { height: event.height, hash: event.block },
    ...(loggedBefore && { loggedBefore: loggedBefore.toISOString() }),
    contentChecked: options.content === undefined ? 'not-checked' : 'checked',
    flags: flagsOf(event, loggedBefore, options.now),
  };
}

/** The given policies, newest first. */
function readPolicies(texts: readonly string[], cache: VerificationCache): TrustPolicy[] {
  if (texts.length === 0) throw new Refusal('policy-required');
  const policies = attempt('policy-malformed', () => texts.map((text) => cache.policy(text)));
  return policies.sort((a, b) => (b.header?.version ?? -1) - (a.header?.version ?? -1));
}

/** From the most to the least telling, when several policies refuse for different reasons. */
const REFUSALS_BY_WEIGHT: readonly CheckpointRefusal[] = [
  'log-signature-invalid',
  'cosignature-invalid',
  'quorum-missing',
  'log-signature-missing',
  'policy-withdrawn',
  'unknown-log',
];

function acceptingPolicy(
  { checkpoint }: TlogProof,
  policies: readonly TrustPolicy[],
  primitives: Primitives,
  cache: VerificationCache,
): { policy: TrustPolicy; quorumTimeSeconds?: number } {
  const refusals = new Set<CheckpointRefusal>();
  for (const policy of policies) {
    const verdict = cache.verdict(checkpoint, policy, primitives);
    if (verdict.ok) return { ...verdict, policy };
    refusals.add(verdict.code);
  }
  throw new Refusal(REFUSALS_BY_WEIGHT.find((code) => refusals.has(code)) ?? 'unknown-log');
}

function checkContent(receipt: Receipt, content: string): void {
  const canonical = attempt('content-malformed', () => canonicalizeJsonText(content));
  if (receipt.event.content === undefined || receipt.contentSalt === undefined)
    throw new Refusal('content-unverifiable');
  const commitment = contentCommitment(fromBase64(receipt.contentSalt), canonical);
  if (!equalBytes(commitment, fromBase64(receipt.event.content))) throw new Refusal('content-mismatch');
}

function flagsOf(event: Event, loggedBefore: Date | undefined, now: Date | undefined): VerificationFlag[] {
  if (loggedBefore === undefined) return [];
  const latestMs = loggedBefore.getTime() + CLOCK_TOLERANCE_MS;
  const flags: VerificationFlag[] = [];
  if (Date.parse(event.time) > latestMs) flags.push('event-time-late');
  if (now !== undefined && loggedBefore.getTime() > now.getTime() + CLOCK_TOLERANCE_MS)
    flags.push('cosignature-time-ahead');
  return flags;
}

function attempt<T>(code: VerificationFailure, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError) throw new Refusal(code);
    throw error;
  }
}

function refusalOf(error: unknown): ReceiptRefused {
  if (!(error instanceof Refusal)) throw error;
  return { ok: false, code: error.code, message: FAILURE_MESSAGES[error.code] };
}

import {
  type Context,
  commitment,
  count,
  defineContract,
  id,
  list,
  MEMBERSHIP,
  type MemberState,
  memberKey,
  object,
  organisation,
  origin,
  POLICY_HEAD_KEY,
  type PolicyHeadState,
  type PolicyState,
  policyContent,
  policyKey,
  type QueryContext,
  query,
  reject,
  type StateObject,
  signature,
  transaction,
} from '../ledger/kit/index.ts';
import {
  equalBytes,
  formatNetworkPolicy,
  fromBase64,
  judgeCheckpoint,
  noteVerifier,
  openNote,
  ProofError,
  parseLogOrigin,
  parsePolicy,
  parseSignedCheckpoint,
  type TrustPolicy,
  verifyConsistency,
} from '../proof/index.ts';
import { type AnchoredContent, anchorNote } from './anchor-note.ts';

/** Hashes of a consistency proof between two trees of up to 2^53 entries. */
const MAX_CONSISTENCY_HASHES = 64;
/** No checkpoint needs more than 16 signatures (FORMATS §3); one beyond that may still be on its way out. */
const MAX_COSIGNATURES = 16;
/** Successor logs of one organisation: a new one follows a lost or stolen key, not a habit. */
const MAX_GENERATION = 1_000;
/** Entries that one query gives. */
const PAGE = 100;

/** A head as it stands on the ledger: everything that its signed note is made of. */
export interface Anchor extends AnchoredContent, StateObject {
  /** 1 for the organisation's first log, k for its successors. */
  readonly generation: number;
  /** 1 for the log's first anchor. */
  readonly sequence: number;
  /** Version of the policy it was judged by. */
  readonly policy: number;
  /** When, as the submitter claims. Quorum times are in the cosignatures. */
  readonly time: string;
}

/** A destroyed key, by its random id. */
export interface Erasure extends StateObject {
  readonly organisation: string;
  readonly sequence: number;
  readonly id: string;
  readonly time: string;
}

const append = transaction({
  args: {
    generation: count(MAX_GENERATION),
    sequence: count(),
    size: count(),
    root: commitment(),
    consistency: list(commitment(), { max: MAX_CONSISTENCY_HASHES }),
    signature: signature(),
    cosignatures: list(object({ organisation: organisation(), time: count(), signature: signature() }), {
      max: MAX_COSIGNATURES,
    }),
    policy: count(),
  },
  object: ({ generation }, submitter) => `log/${submitter}/${generation}`,
  sequence: ({ sequence }) => sequence,
  apply(context, { consistency, ...args }) {
    const anchor: Anchor = {
      v: 1,
      ...args,
      organisation: context.organisation,
      origin: openOrigin(context, args.generation),
      time: context.time,
    };
    const last = context.get<Anchor>(headKey(anchor));
    assertExtends(last, anchor, consistency);
    assertQuorum(context, anchor);
    context.put(headKey(anchor), anchor);
    context.put(`${historyPrefix(anchor)}${padded(anchor.sequence)}`, anchor);
    context.emit('anchored', { origin: anchor.origin, size: anchor.size, root: anchor.root });
  },
});

/** The origin of the submitter's log of this generation, if it is still open. */
function openOrigin(context: Context, generation: number): string {
  const member = context.read<MemberState>(MEMBERSHIP, memberKey(context.organisation));
  const log = member?.logs.find((candidate) => parseLogOrigin(candidate.origin)?.generation === generation);
  if (log === undefined) reject('unknown-log', 'the organisation has no such log in membership');
  if (log.closed !== undefined) reject('log-closed', 'this log was closed; anchor its successor');
  return log.origin;
}

/** Append-only, enforced by every endorsing peer: the new head contains the last anchored one (RFC 6962 §2.1.2). */
function assertExtends(last: Anchor | undefined, anchor: Anchor, consistency: readonly string[]): void {
  const root2 = fromBase64(anchor.root);
  if (last === undefined) {
    if (anchor.size === 0) reject('not-newer', 'an empty log has nothing to anchor');
    if (consistency.length > 0)
      reject('inconsistent', 'the first anchor has no earlier head to be consistent with');
    return;
  }
  const root1 = fromBase64(last.root);
  if (anchor.size === last.size && !equalBytes(root1, root2)) {
    reject('forked', 'another tree of this size is already anchored: the log shows two histories');
  }
  if (anchor.size <= last.size)
    reject('not-newer', 'a head of this size or a larger one is already anchored');
  const sizes = { size1: BigInt(last.size), size2: BigInt(anchor.size) };
  if (!verifyConsistency({ ...sizes, root1, root2, proof: consistency.map(fromBase64) })) {
    reject('inconsistent', 'the proof does not lead from the last anchored head to this one');
  }
}

/** The log signed, and a quorum of others cosigned, by the policy version in force. */
function assertQuorum(context: Context, anchor: Anchor): void {
  const policy = policyInForce(context);
  if (anchor.policy !== policy.header?.version) {
    reject('policy-version', 'the membership has changed; collect the cosignatures anew');
  }
  let note: string;
  try {
    note = anchorNote(anchor, policy);
  } catch (error) {
    if (error instanceof ProofError)
      reject('unknown-signer', 'the policy in force does not list one of the signers');
    throw error;
  }
  const verdict = judgeCheckpoint(parseSignedCheckpoint(note), policy, context.primitives);
  if (!verdict.ok) reject(verdict.code, 'the policy in force does not accept this checkpoint');
  // What stands on the ledger is believed later, so every line must verify, also those that the quorum does not need.
  const keys = [...policy.logs, ...policy.witnesses.values()];
  const signers = new Set(anchor.cosignatures.map((cosignature) => cosignature.organisation));
  if (signers.size !== anchor.cosignatures.length) reject('cosignature-invalid', 'a witness is named twice');
  try {
    openNote(
      note,
      keys.map((key) => noteVerifier(key, context.primitives)),
    );
  } catch (error) {
    if (error instanceof ProofError) reject('cosignature-invalid', 'a cosignature does not verify');
    throw error;
  }
}

function policyInForce(context: Context): TrustPolicy {
  const head = context.read<PolicyHeadState>(MEMBERSHIP, POLICY_HEAD_KEY);
  const state = head && context.read<PolicyState>(MEMBERSHIP, policyKey(head.version));
  if (state === undefined) reject('no-policy', 'membership has no trust policy yet');
  return parsePolicy(formatNetworkPolicy(policyContent(context.ledger, state)));
}

const eraseKey = transaction({
  args: { id: id(), sequence: count() },
  object: (_args, submitter) => `erasures/${submitter}`,
  sequence: ({ sequence }) => sequence,
  apply(context, args) {
    const known = `erased/${context.organisation}/${args.id}`;
    if (context.get(known) !== undefined)
      reject('already-erased', 'this key was committed as destroyed before');
    const erasure: Erasure = { v: 1, ...args, organisation: context.organisation, time: context.time };
    context.put(known, erasure);
    context.put(`${erasuresPrefix(context.organisation)}${padded(args.sequence)}`, erasure);
    context.emit('key-erased', { organisation: context.organisation, id: args.id });
  },
});

/**
 * What every log contained and when, as far as the network vouches for it, and which keys were destroyed. Queries: `head`
 * of an origin (null when nothing is anchored), `history` of an origin and `erasures` of an organisation, both from a
 * sequence on, at most 100 at a time.
 */
export const anchorsContract = defineContract({
  name: 'anchors',
  version: 1,
  transactions: { append, eraseKey },
  queries: {
    head: query({
      args: { origin: origin() },
      run: (context, args) => context.get<Anchor>(headKey(logOf(args.origin))) ?? null,
    }),
    history: query({
      args: { origin: origin(), from: count() },
      run: (context, args) => page<Anchor>(context, historyPrefix(logOf(args.origin)), args.from),
    }),
    erasures: query({
      args: { organisation: organisation(), from: count() },
      run: (context, args) => page<Erasure>(context, erasuresPrefix(args.organisation), args.from),
    }),
  },
});

interface LogName {
  readonly organisation: string;
  readonly generation: number;
}

function logOf(text: string): LogName {
  return parseLogOrigin(text) ?? reject('malformed', 'the origin is not one of a log');
}

function headKey(log: LogName): string {
  return `head/${log.organisation}/${log.generation}`;
}

function historyPrefix(log: LogName): string {
  return `anchor/${log.organisation}/${log.generation}/`;
}

function erasuresPrefix(organisationId: string): string {
  return `erasure/${organisationId}/`;
}

/** Keys are ordered as text; 16 digits hold every sequence. */
function padded(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

function page<T extends StateObject>(context: QueryContext, prefix: string, from: number): T[] {
  const after = from === 0 ? {} : { after: `${prefix}${padded(from - 1)}` };
  return context.range<T>(prefix, { ...after, limit: PAGE }).map(({ value }) => value);
}

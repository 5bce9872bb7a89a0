import {
  MEMBERSHIP,
  type MemberState,
  memberKey,
  POLICY_HEAD_KEY,
  type PolicyHeadState,
  type PolicyState,
  policyKey,
  type QueryContext,
  reject,
  type StateObject,
} from '../ledger/kit/index.ts';
import { parseLogOrigin, witnessQuorum } from '../proof/index.ts';

/** The part of `anchors`' state under `head/<organisation>/<generation>` by which time is measured; all its cosignatures were verified. */
interface AnchorHead extends StateObject {
  readonly policy: number;
  readonly cosignatures: readonly { readonly organisation: string; readonly time: number }[];
}

/**
 * Quorum time of an organisation's newest anchor in POSIX seconds: the k-th earliest cosignature time for a quorum of k
 * (FORMATS §2), a time that witnesses signed and no submitter claims. Rejects `no-anchor` when there is none.
 */
export function newestQuorumTime(context: QueryContext, organisation: string): number {
  const newest = quorumTimeOf(context, organisation);
  if (newest === undefined) {
    reject('no-anchor', 'the custodian has no anchor that witnesses cosigned; anchor its log first');
  }
  return newest;
}

/**
 * The latest quorum time that any member's newest anchor shows, the given organisation's included, which must have one.
 * A custodian that held back its own anchors for 72 h could otherwise propose, anchor and complete within a minute.
 */
export function latestQuorumTime(context: QueryContext, organisation: string): number {
  const head = context.read<PolicyHeadState>(MEMBERSHIP, POLICY_HEAD_KEY);
  const policy = head && context.read<PolicyState>(MEMBERSHIP, policyKey(head.version));
  const others = (policy?.members ?? []).map((member) => quorumTimeOf(context, member.organisation) ?? 0);
  return Math.max(newestQuorumTime(context, organisation), ...others);
}

/**
 * Seconds that an honest witness, or an earlier one, signed on an organisation's newest anchor: the f latest cosignatures are left
 * out, f = ⌊(n − 1) / 3⌋ being how many of n members may lie. Who chooses the cosignatures cannot reach a later time with f of
 * them in league. Rejects `no-anchor` when there is none.
 */
export function provenTime(context: QueryContext, organisation: string): number {
  const proven = quorumTimeOf(context, organisation, provenTimeOfHead);
  if (proven === undefined)
    reject('no-anchor', 'the custodian has no anchor that witnesses cosigned; anchor its log first');
  return proven;
}

type TimeOfHead = (context: QueryContext, owner: string, head: AnchorHead) => number | undefined;

function quorumTimeOf(
  context: QueryContext,
  organisation: string,
  timeOfHead: TimeOfHead = quorumTimeOfHead,
): number | undefined {
  const member = context.read<MemberState>(MEMBERSHIP, memberKey(organisation));
  const times = (member?.logs ?? []).flatMap(({ origin }) => {
    const generation = parseLogOrigin(origin)?.generation;
    const head = context.read<AnchorHead>('anchors', `head/${organisation}/${generation}`);
    return (head && timeOfHead(context, organisation, head)) ?? [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

function quorumTimeOfHead(context: QueryContext, owner: string, head: AnchorHead): number | undefined {
  const policy = context.read<PolicyState>(MEMBERSHIP, policyKey(head.policy));
  const quorum = witnessQuorum(policy?.members.length ?? 0);
  return quorum === 0 ? undefined : timesOf(owner, head)[quorum - 1];
}

function provenTimeOfHead(context: QueryContext, owner: string, head: AnchorHead): number | undefined {
  const members = context.read<PolicyState>(MEMBERSHIP, policyKey(head.policy))?.members.length ?? 0;
  const lying = Math.floor(Math.max(0, members - 1) / 3);
  const times = timesOf(owner, head);
  return witnessQuorum(members) === 0 ? undefined : times[Math.max(0, times.length - 1 - lying)];
}

/** Times of an anchor's cosignatures, earliest first. The owner's own never counts (FORMATS §3). */
function timesOf(owner: string, { cosignatures }: AnchorHead): number[] {
  const times = cosignatures.filter(({ organisation }) => organisation !== owner).map(({ time }) => time);
  return times.sort((a, b) => a - b);
}

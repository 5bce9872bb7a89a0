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

function quorumTimeOf(context: QueryContext, organisation: string): number | undefined {
  const member = context.read<MemberState>(MEMBERSHIP, memberKey(organisation));
  const times = (member?.logs ?? []).flatMap(({ origin }) => {
    const generation = parseLogOrigin(origin)?.generation;
    const head = context.read<AnchorHead>('anchors', `head/${organisation}/${generation}`);
    return (head && quorumTimeOfHead(context, organisation, head)) ?? [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

function quorumTimeOfHead(context: QueryContext, owner: string, head: AnchorHead): number | undefined {
  const policy = context.read<PolicyState>(MEMBERSHIP, policyKey(head.policy));
  const quorum = witnessQuorum(policy?.members.length ?? 0);
  // The owner's own cosignature never counts (FORMATS §3).
  const times = head.cosignatures.filter((each) => each.organisation !== owner).map(({ time }) => time);
  return quorum === 0 ? undefined : times.sort((a, b) => a - b)[quorum - 1];
}

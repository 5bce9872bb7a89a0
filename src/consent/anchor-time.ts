import {
  MEMBERSHIP,
  type MemberState,
  memberKey,
  type QueryContext,
  reject,
  type StateObject,
} from '../ledger/index.ts';

/** The part of `anchors`' state under `head/<origin>` that time is measured by. */
interface AnchorHead extends StateObject {
  /** The k-th earliest cosignature time, POSIX seconds; absent where no witness is required. */
  readonly quorumTimeSeconds?: number;
}

/**
 * Quorum time of an organisation's newest anchor in POSIX seconds (FORMATS §2): a time that witnesses signed, not one that
 * the submitter claims. Rejects `no-anchor` when there is none: without witnesses no time can be measured.
 */
export function newestQuorumTime(context: QueryContext, organisation: string): number {
  const member = context.read<MemberState>(MEMBERSHIP, memberKey(organisation));
  const times = (member?.logs ?? []).map(
    ({ origin }) => context.read<AnchorHead>('anchors', `head/${origin}`)?.quorumTimeSeconds ?? 0,
  );
  const newest = Math.max(0, ...times);
  if (newest === 0)
    reject('no-anchor', 'the custodian has no anchor that witnesses cosigned; anchor its log first');
  return newest;
}

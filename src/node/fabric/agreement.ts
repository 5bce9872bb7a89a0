import type { ProposalState } from '../../identity/index.ts';
import type { AgreedMember } from '../../ledger/index.ts';

/** What a change of the channel follows: an organisation taken in, or kept out. */
export type AgreedKind = 'join' | 'suspend';

/** Whether `membership` wants a change of the channel. */
export type Agreement =
  | { readonly kind: 'agreed' }
  /** Proposed, and fewer than more than half of the active members want it so far. */
  | {
      readonly kind: 'open';
      /** Each proposal about it, oldest first. */
      readonly proposals: readonly OpenProposal[];
    }
  /** Nobody has proposed it. */
  | { readonly kind: 'none' };

/** A proposal that is not decided yet. */
export interface OpenProposal {
  readonly id: string;
  readonly change: ProposalState['change'];
  /** Active members that want it. */
  readonly approvals: readonly string[];
  /** How many it takes: more than half of the active members. */
  readonly needed: number;
  /** Active members that have not said so yet. */
  readonly missing: readonly string[];
}

/** What members and proposals say of a change. Pure; `proposals` in any order. */
export function agreementOn(
  kind: AgreedKind,
  organisation: string,
  members: readonly AgreedMember[],
  proposals: readonly ProposalState[],
): Agreement {
  const isActive = members.some((each) => each.organisation === organisation && each.status === 'active');
  // Who never was a member is kept out like one that is suspended: nobody agreed that it writes.
  if (isActive === (kind === 'join')) return { kind: 'agreed' };
  const active = members.filter(({ status }) => status === 'active').map((each) => each.organisation);
  const open = proposals
    .filter(({ status, change }) => status === 'open' && isAbout(change, kind, organisation))
    .sort((a, b) => a.height - b.height)
    .map((proposal) => openProposal(proposal, active));
  return open.length === 0 ? { kind: 'none' } : { kind: 'open', proposals: open };
}

function openProposal({ id, change, approvals }: ProposalState, active: readonly string[]): OpenProposal {
  return {
    id,
    change,
    approvals: approvals.filter((each) => active.includes(each)),
    needed: Math.floor(active.length / 2) + 1,
    missing: active.filter((each) => !approvals.includes(each)),
  };
}

/** A suspended member is taken in again by a reinstatement, a new one by joining. */
function isAbout(change: ProposalState['change'], kind: AgreedKind, organisation: string): boolean {
  if (kind === 'suspend') return change.kind === 'suspend' && change.organisation === organisation;
  return (
    (change.kind === 'join' && change.member?.organisation === organisation) ||
    (change.kind === 'reinstate' && change.organisation === organisation)
  );
}

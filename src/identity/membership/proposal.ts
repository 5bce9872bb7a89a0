import { type Context, conflict, reject, type StateObject } from '../../ledger/kit/index.ts';
import { type Change, carryOut, checkShape } from './change.ts';
import { activeMembers } from './member-keys.ts';

/** State under `proposal/<id>`. */
export interface ProposalState extends StateObject {
  readonly id: string;
  readonly change: Change;
  readonly proposer: string;
  /** Organisations that want it, the proposer first. */
  readonly approvals: readonly string[];
  /** `approved`: a closing that a majority wants and nobody has carried out yet. */
  readonly status: 'open' | 'approved' | 'done';
  /** Height at which it was proposed. */
  readonly height: number;
}

/** Key of a proposal. */
export function proposalKey(id: string): string {
  return `proposal/${id}`;
}

/** Proposes a change; the proposer wants it, and where that is a majority it is carried out at once. */
export function propose(context: Context, id: string, change: Change): void {
  checkShape(change);
  const { organisation, height } = context;
  decide(context, {
    v: 1,
    id,
    change,
    proposer: organisation,
    approvals: [],
    status: 'open',
    height,
  });
}

/** Adds the submitter's approval and carries the change out when a majority of active members now wants it. */
export function approve(context: Context, id: string): void {
  const proposal = context.get<ProposalState>(proposalKey(id));
  if (proposal === undefined) reject('proposal-unknown', 'there is no such proposal; check its id');
  if (proposal.status !== 'open') conflict('decided', 'this proposal was already decided');
  if (proposal.approvals.includes(context.organisation))
    reject('already-approved', 'the organisation has already approved this');
  decide(context, proposal);
}

function decide(context: Context, proposal: ProposalState): void {
  const { ledger, organisation } = context;
  const approvals = [...proposal.approvals, organisation];
  const active = activeMembers(context);
  const inFavour = active.filter((member) => approvals.includes(member.organisation)).length;
  if (inFavour * 2 <= active.length) {
    context.put(proposalKey(proposal.id), { ...proposal, approvals });
    context.emit('proposed', { id: proposal.id, approvals: approvals.length });
    return;
  }
  const isClosing = proposal.change.kind === 'close';
  if (!isClosing) carryOut(context, ledger, proposal.change);
  context.put(proposalKey(proposal.id), { ...proposal, approvals, status: isClosing ? 'approved' : 'done' });
  context.emit('decided', { id: proposal.id });
}

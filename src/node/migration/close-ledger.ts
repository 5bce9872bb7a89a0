import { randomId } from '../../crypto/index.ts';
import type { Ledger, MemberState } from '../../ledger/index.ts';
import { NodeError } from '../errors.ts';
import type { OpenNode } from '../open-node.ts';

/** The closing block is seen by every organisation within this time, or something is wrong with it. */
const SEEN_MS = 60_000; // a long ledger whose followers begin at its genesis

interface Proposal {
  readonly id: string;
  readonly change: { readonly kind: string };
  readonly approvals: readonly string[];
  readonly status: 'open' | 'approved' | 'done';
}

/** Ids of the active members, sorted. */
export async function activeMembers(ledger: Pick<Ledger, 'query'>): Promise<string[]> {
  const members = (await ledger.query('membership', 'members', {})) as (MemberState & { id: string })[];
  return members.filter(({ status }) => status === 'active').map(({ id }) => id);
}

/** Height of the block that closed a ledger; undefined while it is open. */
export async function closedAt(ledger: Pick<Ledger, 'query'>): Promise<number | undefined> {
  const state = (await ledger.query('membership', 'ledger', {})) as { closed?: number } | null;
  return state?.closed;
}

/**
 * Refuses a ledger whose members are not all at hand: `majority-missing` when those at hand could not close it, `member-missing`
 * when they could and would leave somebody behind.
 */
export function requireMembers(active: readonly string[], hosted: readonly string[]): void {
  const here = active.filter((id) => hosted.includes(id));
  const missing = active.filter((id) => !hosted.includes(id)).join(', ');
  if (here.length * 2 <= active.length) {
    const sentence = `Only ${here.length} of ${active.length} members have their keys in this folder; closing a ledger takes more than half. Missing: ${missing}.`;
    throw new NodeError('majority-missing', sentence);
  }
  if (missing === '') return;
  const sentence = `The data of ${missing} is not in this folder: put it back, or suspend the member before the ledger moves.`;
  throw new NodeError('member-missing', sentence);
}

/**
 * Closes the ledger of an open node: everything acknowledged is anchored first, then the members at hand propose, approve and carry out
 * the closing. One that was under way is finished, one that is closed stays. Returns the closing height once everybody has seen it.
 */
export async function closeLedger(node: OpenNode, onProgress: (what: string) => void): Promise<number> {
  const { organisations, engine } = node;
  const asAdmin = organisations.map(({ core: { id, keyring } }) => ({
    id,
    ledger: engine.connect({ organisation: id, role: 'admin', keyring }),
  }));
  const [first] = asAdmin;
  if (first === undefined) throw new NodeError('input-unusable', 'The folder holds no organisation.');
  if ((await closedAt(first.ledger)) === undefined) {
    requireMembers(
      await activeMembers(first.ledger),
      asAdmin.map(({ id }) => id),
    );
    onProgress('anchoring every log');
    for (const { core } of organisations) await core.anchoring.anchorNow();
    onProgress('closing the ledger');
    const proposal = await approvedClosing(asAdmin);
    await first.ledger.submit({ contract: 'membership', name: 'close', args: { proposal } });
  }
  const height = await closedAt(first.ledger);
  if (height === undefined) throw new NodeError('unavailable', 'The ledger did not close: run it again.');
  onProgress('waiting until everybody has seen the closing block');
  const seen = await Promise.all(organisations.map(({ core }) => core.projection.reached(height, SEEN_MS)));
  if (seen.every(Boolean)) return height;
  throw new NodeError('unavailable', 'Not every organisation followed the ledger to its end: run fsck.');
}

/** Id of a proposal to close that a majority approved: one that is there, or a new one. */
async function approvedClosing(
  organisations: readonly { readonly id: string; readonly ledger: Ledger }[],
): Promise<string> {
  const [first, ...others] = organisations;
  if (first === undefined) throw new NodeError('input-unusable', 'The folder holds no organisation.');
  const known = await closings(first.ledger);
  const approved = known.find(({ status }) => status === 'approved');
  if (approved !== undefined) return approved.id;
  const open = known.find(({ status }) => status === 'open');
  const proposal = open?.id ?? randomId();
  if (open === undefined)
    await first.ledger.submit({ contract: 'membership', name: 'propose', args: { proposal, kind: 'close' } });
  for (const { id, ledger } of open === undefined ? others : organisations) {
    const now = (await closings(ledger)).find((each) => each.id === proposal);
    if (now?.status === 'approved') break;
    if (now?.approvals.includes(id) !== true)
      await ledger.submit({ contract: 'membership', name: 'approve', args: { proposal } });
  }
  return proposal;
}

async function closings(ledger: Ledger): Promise<Proposal[]> {
  const found: Proposal[] = [];
  for (let after: string | undefined; ; ) {
    const args = after === undefined ? {} : { after };
    const page = (await ledger.query('membership', 'proposals', args)) as Proposal[];
    found.push(...page.filter(({ change }) => change.kind === 'close'));
    after = page.at(-1)?.id;
    if (after === undefined) return found;
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { randomId } from '../../crypto/index.ts';
import type { ProposalState } from '../../identity/index.ts';
import {
  type AgreedMember,
  type FabricEngine,
  foremostPlans,
  type Ledger,
  LedgerError,
  MEMBERSHIP,
  type MemberState,
  type NetworkContext,
  NetworkError,
  openFabricEngine,
} from '../../ledger/index.ts';

/** Proposals that one answer brings at most; the next question begins after the last. */
const PROPOSALS_PER_ANSWER = 200; // src/identity/contract.ts

/** A member with its keys. */
export type KnownMember = AgreedMember & Pick<MemberState, 'keys'>;

/** `membership` on the running ledger, as one hosted organisation's administrator reaches it through its own peer. */
export interface MembershipAccess {
  readonly organisation: string;
  /** The ledger's id; undefined while it has not begun. */
  ledgerId(): Promise<string | undefined>;
  /** Every member, suspended ones too. */
  members(): Promise<readonly KnownMember[]>;
  proposals(): Promise<readonly ProposalState[]>;
  /** Proposes a change, which the proposer wants; the height at which it stands. */
  propose(change: ProposalState['change']): Promise<number>;
  /** Wants a proposal too; the height at which it was said. */
  approve(proposal: string): Promise<number>;
  /** Resolves once the own peer has the block of a height that another organisation's peer has: what was said there is seen here. */
  reached(height: number): Promise<void>;
}

/** Peers are a block apart, a slow one some seconds. */
const REACHED_WITHIN_MS = 30_000; // a peer that is further behind is told as such
const LOOK_MS = 20; // a fraction of a block's time

async function allProposals(ledger: Ledger): Promise<ProposalState[]> {
  const all: ProposalState[] = [];
  for (;;) {
    const after = all.at(-1)?.id;
    const args = after === undefined ? {} : { after };
    const page = (await ledger.query(MEMBERSHIP, 'proposals', args)) as ProposalState[];
    all.push(...page);
    if (page.length < PROPOSALS_PER_ANSWER) return all;
  }
}

async function untilReached(engine: FabricEngine, height: number): Promise<void> {
  const endMs = performance.now() + REACHED_WITHIN_MS;
  while (engine.height < height) {
    if (performance.now() > endMs)
      throw new LedgerError(
        'unavailable',
        `the peer of ${engine.organisation} is behind; see holdfast ledger status`,
        {
          reason: 'behind',
        },
      );
    await pause(LOOK_MS);
  }
}

function accessBy(engine: FabricEngine): MembershipAccess {
  const ledger = engine.connect({ role: 'admin' });
  const submit = async (name: string, args: object) =>
    (await ledger.submit({ contract: MEMBERSHIP, name, args: args as never })).height;
  return {
    organisation: engine.organisation,
    ledgerId: async () => ((await ledger.query(MEMBERSHIP, 'ledger', {})) as { id: string } | null)?.id,
    members: async () =>
      (
        (await ledger.query(MEMBERSHIP, 'members', {})) as (Omit<KnownMember, 'organisation'> & {
          id: string;
        })[]
      ).map(({ id, status, keys }) => ({ organisation: id, status, keys })),
    proposals: () => allProposals(ledger),
    propose: (change) => submit('propose', { proposal: randomId(), ...change }),
    approve: (proposal) => submit('approve', { proposal }),
    reached: (height) => untilReached(engine, height),
  };
}

/** Speaks with `membership` as a hosted organisation. Rejects with LedgerError, `unavailable` when its peer does not answer, and NetworkError `network-invalid`. */
export async function withMembershipAs<T>(
  { folder, description }: NetworkContext,
  organisation: string,
  act: (membership: MembershipAccess) => Promise<T>,
): Promise<T> {
  if (!description.hosted.includes(organisation))
    throw new NetworkError(
      'network-invalid',
      `${organisation} is not run from this folder; it speaks where its keys are. Here: ${description.hosted.join(', ')}.`,
    );
  const engine = await openFabricEngine({ profile: folder.organisation(organisation).profile });
  try {
    return await act(accessBy(engine));
  } finally {
    await engine.close();
  }
}

/** Asks `membership` through the hosted peer that has most blocks, or the next one when it does not answer. Only for questions. */
export async function askMembership<T>(
  context: NetworkContext,
  act: (membership: MembershipAccess) => Promise<T>,
): Promise<T> {
  let last: unknown;
  for (const { id: organisation } of await foremostPlans(context)) {
    try {
      return await withMembershipAs(context, organisation, act);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      last = error;
    }
  }
  throw last ?? new NetworkError('network-invalid', 'No organisation is hosted here.');
}

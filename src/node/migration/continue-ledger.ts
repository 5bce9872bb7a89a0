import { randomId } from '../../crypto/index.ts';
import {
  type FabricEngine,
  type MemberState,
  type SignedContinuation,
  type StateHash,
  stateHash,
  type Write,
} from '../../ledger/index.ts';
import { canonicalize } from '../../proof/index.ts';
import { NodeError } from '../errors.ts';
import type { SeparateOrganisation } from './separate-folders.ts';

/** The first block of the ledger is at every peer within this time. */
const SEEN_MS = 60_000; // blocks spread within a second; a busy machine has many
/** Pause between two looks at a peer. */
const LOOK_MS = 200; // nobody waits for less

/** What goes on, and where. */
export interface Continuing {
  /** The state of the closed ledger, in the order of its keys. */
  readonly state: readonly Write[];
  readonly continuation: SignedContinuation;
  /** Every organisation's way into the channel. */
  readonly engines: readonly FabricEngine[];
  readonly onProgress: (what: string) => void;
}

/** What both engines hold, and where the ledger began on the new one. */
export interface Continued {
  readonly before: StateHash;
  readonly after: StateHash;
  /** Height of the block with which it goes on; absent when it had begun in an earlier run. */
  readonly height?: number;
}

/**
 * Carries the state, compares what every organisation's peer then holds with what was closed, and begins the ledger. Throws NodeError
 * `state-differs` when they are not equal, and `target-not-empty` when another ledger has begun there. Safe to run again.
 */
export async function continueLedger(continuing: Continuing): Promise<Continued> {
  const { state, continuation, engines, onProgress } = continuing;
  const [first] = engines;
  if (first === undefined) throw new NodeError('input-unusable', 'The folder holds no organisation.');
  const before = stateHash(state);
  assertSame(before, continuation.statement, 'the statement that the members signed');
  const begun = await first.carried.progress();
  if (begun.ledger !== undefined) {
    if (canonicalize(begun.continuation ?? null) === canonicalize(continuation))
      return { before, after: before };
    const sentence = `Another ledger (${begun.ledger}) has begun in this network: name a new folder with --network.`;
    throw new NodeError('target-not-empty', sentence);
  }
  await first.carried.carry(state, (carried) =>
    onProgress(`carrying the state: ${carried} of ${state.length}`),
  );
  onProgress('comparing the state of both ledgers');
  let after = before;
  for (const engine of engines) {
    await until(async () => (await engine.carried.progress()).carried >= state.length, engine);
    after = await engine.carried.stateHash();
    assertSame(before, after, `what the peer of ${engine.organisation} holds`);
  }
  onProgress('beginning the ledger where it was closed');
  const { height } = await first.carried.begin(continuation);
  for (const engine of engines)
    await until(async () => (await engine.carried.progress()).ledger !== undefined, engine);
  return { before, after, height };
}

function assertSame(before: StateHash, after: StateHash, what: string): void {
  if (before.entries === after.entries && before.state === after.state) return;
  throw new NodeError(
    'state-differs',
    `The closed ledger's state is ${before.state} (${before.entries} values), ${what} is ${after.state} (${after.entries}): nothing was begun. Remove the new network and run it again.`,
  );
}

async function until(isSo: () => Promise<boolean>, { organisation }: FabricEngine): Promise<void> {
  const endMs = performance.now() + SEEN_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs)
      throw new NodeError(
        'unavailable',
        `The peer of ${organisation} is behind: see holdfast ledger status.`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Tells the ledger where each organisation is reached from now on, where that has changed. */
export async function moveMembers(
  engines: readonly FabricEngine[],
  organisations: readonly SeparateOrganisation[],
  onProgress: (what: string) => void,
): Promise<void> {
  for (const engine of engines) {
    const ledger = engine.connect({ role: 'admin' });
    const url = organisations.find(({ id }) => id === engine.organisation)?.url;
    const members = (await ledger.query('membership', 'members', {})) as (MemberState & { id: string })[];
    const member = members.find(({ id }) => id === engine.organisation);
    if (url === undefined || member === undefined || member.address.url === url) continue;
    onProgress(`${engine.organisation} is now at ${url}`);
    const address = { url, origin: member.address.origin };
    await ledger.submit({ contract: 'membership', name: 'move', args: { move: randomId(), address } });
  }
}

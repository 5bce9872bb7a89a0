import type { Database } from '../database/index.ts';
import {
  equalBytes,
  fromUtf8,
  type Hash,
  noteVerifier,
  openNote,
  type Primitives,
  parseCheckpoint,
  type TrustPolicy,
  type VerifierKey,
} from '../proof/index.ts';
import type { Alarms } from './alarm.ts';
import { nextStep } from './catch-up.ts';
import { LogError } from './errors.ts';
import { applyRecoveryStep, type OnRecovered, type Recovery } from './recovery.ts';
import type { FetchTile } from './tile-source.ts';
import type { TiledTree } from './tiled-tree.ts';
import { beginningOf } from './tree-beginning.ts';
import type { WitnessClient } from './witness-client.ts';

/** One look at a mirror's checkpoint. */
const ASK_TIMEOUT_MS = 5_000;
/** One step of entries from a mirror: 256 bundles. */
const STEP_TIMEOUT_MS = 60_000;

/** What a log needs to find out whether it has forgotten something. */
export interface ConfirmationOptions {
  readonly database: Database;
  readonly tree: TiledTree;
  readonly alarms: Alarms;
  readonly primitives: Primitives;
  readonly onRecovered?: OnRecovered | undefined;
}

/** A head of this log, signed by its own key, that a member mirrors. */
interface KnownHead {
  readonly size: number;
  readonly root: Hash;
  readonly note: string;
  readonly mirror: FetchTile;
}

/** The outcome of {@link confirmHead}. */
export interface Confirmation {
  /** True when enough members answered that no head with a quorum can be larger than the log is now. */
  readonly confirmed: boolean;
  readonly recoveries: readonly Recovery[];
}

/**
 * Asks the members that mirror this log for the newest head they hold, and takes back the entries that it lacks: a database
 * restored from an old backup does not know what it signed later. Believes only heads signed by the log's own keys, so
 * nobody can talk it into anything. A log must not sign before this confirms it: a smaller or other head would be a fork.
 * Throws `forked` when its own key signed a head that contradicts its entries.
 */
export async function confirmHead(
  options: ConfirmationOptions,
  policy: TrustPolicy,
  keys: readonly VerifierKey[],
  peers: readonly WitnessClient[],
): Promise<Confirmation> {
  const asked = peers.filter((peer) => policy.witnesses.has(peer.organisation));
  const answers = await Promise.all(asked.map((peer) => askMirror(options, keys, peer)));
  const heads = answers.flatMap((answer) => (answer === undefined || answer === 'nothing' ? [] : [answer]));
  const answered = answers.filter((answer) => answer !== undefined).length;
  const recoveries: Recovery[] = [];
  for (const head of heads.toSorted((a, b) => a.size - b.size)) {
    recoveries.push(...(await catchUpTo(options, head, heads)));
    if (!equalBytes(options.tree.rootAt(head.size), head.root)) throw raiseFork(options, head);
  }
  return { confirmed: answered >= answersNeeded(policy), recoveries };
}

/** So many answers that every possible quorum has a member among them: w − k + 1 of w witnesses for a quorum of k. */
function answersNeeded({ quorum, witnesses }: TrustPolicy): number {
  if (quorum.kind === 'none') return 0;
  return witnesses.size - (quorum.kind === 'group' ? quorum.threshold : 1) + 1;
}

async function askMirror(
  { tree, primitives }: ConfirmationOptions,
  keys: readonly VerifierKey[],
  { mirror }: WitnessClient,
): Promise<KnownHead | 'nothing' | undefined> {
  if (mirror === undefined) return 'nothing';
  try {
    const bytes = await mirror('checkpoint', AbortSignal.timeout(ASK_TIMEOUT_MS));
    if (bytes === undefined) return 'nothing';
    const note = fromUtf8(bytes);
    const { text } = openNote(
      note,
      keys.map((key) => noteVerifier(key, primitives)),
    );
    const { origin, size, root } = parseCheckpoint(text);
    if (origin !== tree.origin || size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    return { size: Number(size), root, note, mirror };
  } catch {
    return undefined;
  }
}

/** Grows the tree to a head, step by step, from whichever mirror has what hashes to it. Throws `unavailable` when none has. */
async function catchUpTo(
  options: ConfirmationOptions,
  head: KnownHead,
  heads: readonly KnownHead[],
): Promise<Recovery[]> {
  const { database, tree, onRecovered } = options;
  const recoveries: Recovery[] = [];
  let sources = heads.filter((source) => source.size >= head.size);
  while (tree.size < head.size) {
    const [source, ...others] = sources;
    if (source === undefined) throw await whyNotReached(options, head, heads);
    try {
      const remote = { fetch: source.mirror, size: head.size, signal: AbortSignal.timeout(STEP_TIMEOUT_MS) };
      const recovery = applyRecoveryStep(
        database,
        tree,
        await nextStep(tree, remote, head.root),
        onRecovered,
      );
      if (recovery !== undefined) recoveries.push(recovery);
    } catch (error) {
      if (!(error instanceof LogError) || error.code === 'unrelocated-tail') throw error;
      sources = others;
    }
  }
  return recoveries;
}

/** Nobody's entries lead to the head: because nobody serves them, or because it begins with other entries than this log. */
async function whyNotReached(
  options: ConfirmationOptions,
  head: KnownHead,
  heads: readonly KnownHead[],
): Promise<LogError> {
  for (const { mirror } of heads) {
    if ((await beginningOf(options.tree, head, mirror)) === 'differs') return raiseFork(options, head);
  }
  return new LogError('unavailable', 'No member serves the entries that this log lacks; try again later.');
}

function raiseFork({ alarms, tree }: ConfirmationOptions, head: KnownHead): LogError {
  const detail = `A member mirrors a head signed by this log's key that contradicts its entries:\n\n${head.note}`;
  alarms.raise({ code: 'fork', origin: tree.origin, size: head.size, root: head.root, detail });
  return new LogError('forked', 'This log has signed two histories. Stop it and look at its alarms.');
}

import { nativePrimitives } from '../../crypto/index.ts';
import {
  type BlockEntry,
  blockEntryBytes,
  fromUtf8,
  judgeCosignatures,
  ledgerOrigin,
  ledgerQuorum,
  ProofError,
  parseBlockEntry,
  parsePolicy,
  parseSignedCheckpoint,
  parseStrictJson,
  toHex,
} from '../../proof/index.ts';
import { LedgerError } from '../error.ts';
import type { LedgerLog } from './ledger-log.ts';

/** All leaves of one source, which are held until their root is right: some five million transactions. */
const MAX_SOURCE_BYTES = 512 * 1024 * 1024; // beyond it, a liar would have this node out of memory
/** For one source: one that gives a leaf at a time, each just in time, must not keep the honest ones from being asked. */
const SOURCE_MS = 600_000; // the bytes above at 1 MB a second

/** Where leaves come from: another member, believed in nothing. */
export interface LeafSource {
  /** For messages. */
  readonly name: string;
  /** A checkpoint over the block of a height, as a note signed by a quorum of members. */
  checkpoint(over: number): Promise<string>;
  /** The next entries from a height on, as texts; at least one. */
  entries(from: number): Promise<readonly string[]>;
}

/** What taking leaves needs. */
export interface LeavesWanted {
  readonly log: Pick<LedgerLog, 'size' | 'adopt'>;
  readonly ledger: string;
  /** Text of the network's newest trust policy, as the own peer's state says. */
  readonly policy: string;
  /** Number of leaves that cannot be read from the own peer. */
  readonly size: number;
  readonly sources: readonly LeafSource[];
  /** Told of a member whose answer was refused, and why. */
  readonly onRefused: (source: string, why: string) => void;
  /** Smaller limits for tests; the defaults are those above. */
  readonly limits?: { readonly sourceBytes?: number; readonly sourceMs?: number };
}

/**
 * Takes the leaves of the blocks that the own peer does not have from other members, one member after the other until one's are right: they
 * must give, with those that are here already, the root of a checkpoint that ⌊2n/3⌋ + 1 members signed. Nothing is kept of what is
 * refused. Throws `LedgerError` `unavailable` `leaves` when nobody's are right.
 */
export async function takeEarlierLeaves(wanted: LeavesWanted): Promise<void> {
  const { log, size, sources, onRefused } = wanted;
  for (const source of sources) {
    if (log.size >= size) return;
    try {
      await takeFrom(source, wanted);
    } catch (error) {
      if (!(error instanceof LedgerError) && !(error instanceof ProofError)) throw error;
      onRefused(source.name, error.message);
    }
  }
  if (log.size >= size) return;
  const sentence = `no member gave the first ${size} leaves of the ledger log under a checkpoint that a quorum signed; try again when more can be reached`;
  throw new LedgerError('unavailable', sentence, { reason: 'leaves' });
}

async function takeFrom(source: LeafSource, wanted: LeavesWanted): Promise<void> {
  const { log, ledger, policy, size } = wanted;
  const { sourceBytes = MAX_SOURCE_BYTES, sourceMs = SOURCE_MS } = wanted.limits ?? {};
  const endMs = performance.now() + sourceMs;
  let bytes = 0;
  const checkpoint = trusted(await source.checkpoint(size - 1), ledger, policy);
  if (checkpoint.size < size) throw refused('its checkpoint does not reach far enough');
  const texts: string[] = [];
  while (log.size + texts.length < checkpoint.size) {
    const page = await source.entries(log.size + texts.length);
    if (page.length === 0) throw refused('it ended before its checkpoint');
    for (const text of page.slice(0, checkpoint.size - log.size - texts.length)) {
      bytes += text.length;
      texts.push(text);
    }
    if (bytes > sourceBytes) throw refused('its entries are larger than those of any ledger');
    if (performance.now() > endMs) throw refused('it answers too slowly');
  }
  log.adopt(
    texts.map((text, i) => entryOf(text, log.size + i)),
    checkpoint.root,
  );
}

/** Size and root of a note's checkpoint, when a quorum of the policy's members signed it. */
function trusted(text: string, ledger: string, policyText: string): { size: number; root: string } {
  const policy = parsePolicy(policyText);
  const { checkpoint, note } = parseSignedCheckpoint(text);
  if (checkpoint.origin !== ledgerOrigin(ledger)) throw refused('its checkpoint is of another ledger');
  const needed = ledgerQuorum(policy.ledgerKeys.length);
  const keys = new Map(policy.ledgerKeys.map((key) => [key.name, key]));
  const verdict = judgeCosignatures(note, keys, (signed) => signed.size >= needed, nativePrimitives);
  if (!verdict.ok || policy.withdrawn) throw refused('no quorum of members signed its checkpoint');
  if (checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) throw refused('its checkpoint is of no ledger');
  return { size: Number(checkpoint.size), root: toHex(checkpoint.root) };
}

function entryOf(text: string, height: number): BlockEntry {
  const entry = parseBlockEntry(parseStrictJson(text));
  if (entry.height !== height || fromUtf8(blockEntryBytes(entry)) !== text)
    throw refused(`its entry ${height} is none`);
  return entry;
}

function refused(why: string): LedgerError {
  return new LedgerError('unavailable', why, { reason: 'leaves' });
}

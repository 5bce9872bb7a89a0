import {
  type BlockEntry,
  blockEntryBytes,
  cosign,
  formatCheckpoint,
  formatTlogProof,
  fromUtf8,
  inclusionProof,
  type LedgerEvidence,
  ledgerKeyName,
  ledgerOrigin,
  ProofError,
  parseBlockEntry,
  parseCheckpoint,
  parsePolicy,
  rootAt,
  toHex,
} from '../../proof/index.ts';
import { LedgerError, reject } from '../error.ts';
import { HeightWaiters } from '../height-waiters.ts';
import type { Block, Ledger, Sign } from '../ledger.ts';
import { LedgerLogStore, type SignedSize } from './ledger-log-store.ts';
import { noteWithQuorum } from './member-signatures.ts';

/** How long a block is waited for that others have seen: several blocks on any engine. */
const CATCH_UP_MS = 3_000;

/** What a member's ledger log needs. */
export interface LedgerLogOptions {
  /** Its database file; made when absent. */
  readonly path: string;
  /** Ledger id. */
  readonly ledger: string;
  readonly organisation: string;
  /** Signs with the organisation's `ledger` key. */
  readonly sign: Sign;
  /** That key's public part, raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Text of the network's newest trust policy. */
  policy(): Promise<string>;
  /** Signature lines of other members over a checkpoint: whatever they answered, checked here. */
  collect(checkpoint: string): Promise<readonly string[]>;
  /** The clock; the system's when left out. */
  readonly now?: () => Date;
  /** How long a block that is not here yet is waited for; 3 s when left out. */
  readonly catchUpMs?: number;
}

/**
 * One member's ledger log: an RFC 6962 tree with one entry per block, the same at every member. Its checkpoint, signed by a
 * quorum of members that each looked at their own log, is why an outsider believes that a transaction committed.
 */
export class LedgerLog {
  readonly #options: LedgerLogOptions;
  readonly #store: LedgerLogStore;
  readonly #waiters = new HeightWaiters();
  #collecting: Promise<SignedSize> | undefined;

  /** Opens or makes the log. Throws `DatabaseError`. */
  constructor(options: LedgerLogOptions) {
    this.#options = options;
    this.#store = new LedgerLogStore(options.path);
  }

  /** Number of blocks in the log. */
  get size(): number {
    return this.#store.size;
  }

  /**
   * Appends a block; one that is already there changes nothing. Throws `LedgerError` `unavailable` `forked` when it is not
   * the block that this log has at its height, or does not follow the newest: nothing is signed over two histories.
   */
  append(block: Block): void {
    const { hash, previous, transactions } = block;
    const height = Number(block.height);
    const text = fromUtf8(blockEntryBytes({ height, hash, previous, transactions }));
    if (height < this.size) {
      if (this.#store.entry(height) !== text) throw forked(height);
      return;
    }
    if (height > this.size)
      throw new LedgerError('unavailable', `the ledger log needs block ${this.size} first`);
    const before = height === 0 ? undefined : this.#store.entry(height - 1);
    if (before !== undefined && parseBlockEntry(JSON.parse(before)).hash !== previous) throw forked(height);
    this.#store.append(
      text,
      transactions.map(({ id }) => id),
    );
    this.#waiters.reached(height);
  }

  /**
   * Appends leaves that come from another member, when together with those that are here they have a root (hexadecimal) that is trusted,
   * and each follows the one before. Throws `LedgerError` `unavailable` `leaves` otherwise; then nothing was appended.
   */
  adopt(entries: readonly BlockEntry[], root: string): void {
    const texts = entries.map((entry) => fromUtf8(blockEntryBytes(entry)));
    if (toHex(this.#store.rootWith(texts)) !== root)
      throw new LedgerError('unavailable', 'its leaves are not those that the members signed', {
        reason: 'leaves',
      });
    for (const [i, entry] of entries.entries()) {
      this.#store.append(
        texts[i] ?? '',
        entry.transactions.map(({ id }) => id),
      );
    }
    this.#waiters.reached(this.size - 1);
  }

  /** At most `limit` entries from a height on, as the texts whose hashes are the leaves. */
  entries(from: number, limit: number): string[] {
    return this.#store.entries(from, limit);
  }

  /** Hash of the block at a height, hexadecimal; undefined when this log does not reach it. */
  blockAt(height: number): string | undefined {
    const text = this.#store.entry(height);
    return text === undefined ? undefined : parseBlockEntry(JSON.parse(text)).hash;
  }

  /** Appends the ledger's blocks as they come, until the signal aborts. Throws what `append` and `blocks` throw. */
  async follow(ledger: Pick<Ledger, 'blocks'>, signal: AbortSignal): Promise<void> {
    // One block again: a ledger that was put back behind this log, or replaced, is noticed at the first block.
    for await (const block of ledger.blocks(BigInt(Math.max(0, this.size - 1)), signal)) this.append(block);
  }

  /** The checkpoint's text at a size, this log's own unless given: what members sign. */
  checkpoint(size: number = this.size): string {
    const root = rootAt(size, (level, position) => this.#store.nodeAt(level, position));
    return formatCheckpoint({ origin: ledgerOrigin(this.#options.ledger), size, root });
  }

  /**
   * This member's signature line over a checkpoint, given only when this log says the same at that size. Waits for its own
   * blocks when it is behind. Throws `LedgerError`: `rejected` `malformed` or `other-history`, `unavailable` `behind`.
   */
  async cosign(checkpoint: string): Promise<string> {
    const { origin, size } = readCheckpoint(checkpoint);
    if (origin !== ledgerOrigin(this.#options.ledger))
      reject('malformed', 'the checkpoint is of another ledger');
    if (size === 0) reject('malformed', 'nobody signs the empty log');
    await this.#catchUp(size - 1);
    if (this.checkpoint(size) !== checkpoint) {
      reject('other-history', 'the checkpoint is not what this member saw; compare both logs');
    }
    return this.#line(checkpoint);
  }

  async #catchUp(height: number): Promise<void> {
    if (await this.#waiters.until(height, this.size - 1, this.#options.catchUpMs ?? CATCH_UP_MS)) return;
    throw new LedgerError('unavailable', 'this member has not seen that block yet; ask again', {
      reason: 'behind',
    });
  }

  #line(checkpoint: string): Promise<string> {
    const { ledger, organisation, publicKey, sign, now } = this.#options;
    const seconds = Math.floor((now?.() ?? new Date()).getTime() / 1000);
    return cosign(checkpoint, seconds, { name: ledgerKeyName(ledger, organisation), publicKey, sign });
  }

  /**
   * Evidence that a transaction committed and was valid; `atHeight`, where it is known to stand, is waited for. Throws
   * `LedgerError`: `rejected` `unknown-transaction`, or `unavailable`, `behind` or `quorum` when too few members sign now.
   */
  async evidence(transactionId: string, atHeight = 0): Promise<LedgerEvidence> {
    await this.#catchUp(atHeight);
    const height = this.#store.heightOf(transactionId);
    const entry = height === undefined ? undefined : this.#store.entry(height);
    if (height === undefined || entry === undefined)
      reject('unknown-transaction', 'no such transaction was seen here');
    const { size, policy, note } = await this.signedOver(height);
    const hashes = inclusionProof(height, size, (level, position) => this.#store.nodeAt(level, position));
    return {
      version: 1,
      block: parseBlockEntry(JSON.parse(entry)),
      transaction: transactionId,
      proof: formatTlogProof({ index: height, hashes, checkpoint: note }),
      policyVersion: policy,
    };
  }

  /** A checkpoint over the block of a height, signed by a quorum of the members in force now. Throws `LedgerError` `unavailable` `quorum`. */
  async signedOver(height: number): Promise<SignedSize> {
    const policy = parsePolicy(await this.#options.policy());
    const version = policy.header?.version ?? 0;
    const kept = this.#store.signed();
    if (kept !== undefined && kept.size > height && kept.policy === version) return kept;
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    const collected = await this.#collecting;
    // One under way may have begun before the block: then this is asked once more.
    return collected.size > height ? collected : this.signedOver(height);
  }

  async #collect(): Promise<SignedSize> {
    const policy = parsePolicy(await this.#options.policy());
    const { size } = this;
    const checkpoint = this.checkpoint(size);
    const [own, others] = await Promise.all([this.#line(checkpoint), this.#options.collect(checkpoint)]);
    const note = noteWithQuorum(checkpoint, [own, ...others], policy);
    const signed = { size, policy: policy.header?.version ?? 0, note };
    this.#store.keepSigned(signed);
    return signed;
  }

  /** Closes the file. */
  close(): void {
    this.#store.close();
  }
}

function readCheckpoint(text: string): { origin: string; size: number } {
  try {
    const { origin, size } = parseCheckpoint(text);
    if (size <= BigInt(Number.MAX_SAFE_INTEGER)) return { origin, size: Number(size) };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
  }
  reject('malformed', 'this is not a checkpoint');
}

function forked(height: number): LedgerError {
  const sentence = `block ${height} is not the one this member has seen; two histories exist, compare them before going on`;
  return new LedgerError('unavailable', sentence, { reason: 'forked' });
}

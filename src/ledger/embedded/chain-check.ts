import { LedgerError } from '../error.ts';
import { MEMBERSHIP } from '../kit/member-state.ts';
import { Overlay, type StateReader } from '../kit/state-reader.ts';
import { decodeState } from '../kit/state-value.ts';
import { assertSubmitter } from './block-builder.ts';
import type { BlockStore, StoredBlock } from './block-store.ts';
import { type BlockTransactionText, blockHash, NO_BLOCK, parseBlockText } from './block-text.ts';
import { derived, isSigned } from './envelope.ts';

/** What can be wrong with a stored ledger. */
export type LedgerProblemCode =
  /** A block is missing or its number is wrong. */
  | 'block-missing'
  /** A block's content does not have its hash. */
  | 'block-changed'
  /** A block does not follow the one before it. */
  | 'block-unlinked'
  /** A transaction's id, digest or signature does not belong to its content or to a member's key. */
  | 'transaction-forged'
  /** The index of transactions does not agree with the blocks. */
  | 'index-changed'
  /** The state is not what the blocks' writes give. */
  | 'state-changed';

/** One thing that is wrong, and where. */
export interface LedgerProblem {
  readonly code: LedgerProblemCode;
  /** Height of the block, or of the newest one for index and state. */
  readonly height: number;
}

const EMPTY: StateReader = { get: () => undefined, range: () => [] };

/** Blocks read from the file at a time. */
const READ_BLOCKS = 32;

/** Problems of the blocks from a height on, some blocks at a time, and at the end those of index and state. */
export function* checkChain(store: BlockStore, from: number): Generator<LedgerProblem[]> {
  const check = new ChainCheck(store, from);
  for (let next = from; next <= store.head.height; ) {
    const blocks = store.blocks(next, READ_BLOCKS);
    yield blocks.flatMap((block) => check.block(block) ?? []);
    next = (blocks.at(-1)?.height ?? store.head.height) + 1;
  }
  yield check.finish();
}

/**
 * Checks a stored ledger block by block: numbers, links, hashes, ids, digests and signatures, and, when it begins at
 * genesis, that replaying the writes gives the stored state. Contracts are not run: blocks carry the writes.
 */
class ChainCheck {
  readonly #store: BlockStore;
  readonly #from: number;
  readonly #texts = new Map<string, string>();
  // From genesis, keys are looked up in the state as it was at each height; later on, in the state as it is now.
  readonly #replayed: Overlay | undefined;
  #next: number;
  #previous: string | undefined;
  #transactions = 0;

  /** A check that begins at the block of this height. */
  constructor(store: BlockStore, from: number) {
    this.#store = store;
    this.#from = from;
    this.#next = from;
    this.#previous = from === 0 ? NO_BLOCK : store.blocks(from - 1, 1)[0]?.hash;
    this.#replayed = from === 0 ? new Overlay(EMPTY) : undefined;
  }

  /** The problem with the next block; undefined when there is none. */
  block(stored: StoredBlock): LedgerProblem | undefined {
    const code = this.#codeOrBroken(stored);
    this.#next = stored.height + 1;
    this.#previous = stored.hash;
    return code === undefined ? undefined : { code, height: stored.height };
  }

  #codeOrBroken(stored: StoredBlock): LedgerProblemCode | undefined {
    try {
      return this.#codeOf(stored);
    } catch {
      return 'block-changed'; // a text that was written by someone else can break any reader
    }
  }

  #codeOf(stored: StoredBlock): LedgerProblemCode | undefined {
    if (stored.height !== this.#next) return 'block-missing';
    if (blockHash(stored.text) !== stored.hash) return 'block-changed';
    const { height, previous, transactions } = parseBlockText(stored.text);
    if (height !== stored.height || previous !== this.#previous || previous !== stored.previous)
      return 'block-unlinked';
    if (transactions.length !== stored.transactions) return 'block-changed';
    for (const transaction of transactions) {
      if (!this.#isGenuine(transaction, height)) return 'transaction-forged';
      if (this.#store.find(transaction.id)?.height !== height) return 'index-changed';
      this.#transactions++;
    }
    return undefined;
  }

  #isGenuine(transaction: BlockTransactionText, height: number): boolean {
    const { envelope, id, digest, signature, writes } = transaction;
    const made = derived(envelope);
    if (made.id !== id || made.digest !== digest || !isSigned({ ...made, signature })) return false;
    if (writes.some(({ contract }) => contract !== envelope.contract)) return false;
    const before = this.#replayed;
    const isGenesis = height === 0 && this.#transactions === 0;
    if (before !== undefined && !isGenesis && !isSubmitter(before, transaction, height)) return false;
    for (const { contract, key, value } of writes) {
      if (contract === MEMBERSHIP) before?.put(contract, key, decodeState(value));
      if (before !== undefined) this.#texts.set(`${contract}\n${key}`, value);
    }
    // A key that was retired in this very block was still good for the transaction before: hence one height less.
    if (before === undefined)
      return (
        isSubmitter(this.#store, transaction, height) || isSubmitter(this.#store, transaction, height - 1)
      );
    return !isGenesis || isSubmitter(before, transaction, height);
  }

  /** What is wrong with index and state once every block was checked. */
  finish(): LedgerProblem[] {
    const height = this.#next - 1;
    if (this.#from > 0) return [];
    const problems: LedgerProblem[] = [];
    if (this.#store.indexed() !== this.#transactions) problems.push({ code: 'index-changed', height });
    let seen = 0;
    let isEqual = true;
    for (const { contract, key, value } of this.#store.state()) {
      seen++;
      isEqual &&= this.#texts.get(`${contract}\n${key}`) === value;
    }
    if (!isEqual || seen !== this.#texts.size) problems.push({ code: 'state-changed', height });
    return problems;
  }
}

function isSubmitter(state: StateReader, { envelope }: BlockTransactionText, height: number): boolean {
  try {
    assertSubmitter(state, envelope, height);
    return true;
  } catch (error) {
    if (error instanceof LedgerError) return false;
    throw error;
  }
}

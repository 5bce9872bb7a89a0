import type { LedgerEvidence } from '../../proof/index.ts';
import { LedgerError, reject } from '../error.ts';
import type { Role } from '../kit/context.ts';
import type { Contract } from '../kit/contract.ts';
import { ContractSet } from '../kit/contract-set.ts';
import { ask } from '../kit/execute.ts';
import { LEDGER_KEY, type LedgerState, MEMBERSHIP } from '../kit/member-state.ts';
import type { Committed, Ledger, Sign, Transaction, TransactionArgs } from '../ledger.ts';
import { BlockBuilder } from './block-builder.ts';
import { BlockStore } from './block-store.ts';
import { BlockStream } from './block-stream.ts';
import { checkChain, type LedgerProblem } from './chain-check.ts';
import { type SignedTransaction, signTransaction } from './envelope.ts';
import { asOutcome, closed } from './outcome.ts';

/** Most transactions of one block: at about half a millisecond each it holds the event loop for less than 100 ms. */
const MAX_BLOCK_TRANSACTIONS = 128;
/** A block beyond this size is cut even when more are waiting: readers hold whole blocks in memory. */
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
/** Most transactions waiting: about two seconds of work. Beyond it submitters are told to come back. */
const MAX_PENDING = 4_096;
/** How far a claimed time may be ahead of this machine's clock: receipts flag the same distance. */
const MAX_TIME_AHEAD_MS = 5 * 60_000;
/** Transactions checked each time the file is opened, newest first: about two seconds. `problems` checks all. */
const CHECKED_AT_OPEN = 10_000;

/** How an embedded ledger is opened. */
export interface EmbeddedOptions {
  /** The ledger's database file; made when absent. */
  readonly path: string;
  /** Every contract in every version that this program has. */
  readonly contracts: readonly Contract[];
  /** The clock; the system's when left out. */
  readonly now?: () => Date;
}

/** Who connects, and with which key. */
export interface Connection {
  readonly organisation: string;
  readonly role: Role;
  /** Signs with the organisation's `transaction` key. */
  readonly key: Sign;
  /** That key's public part, raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The organisation's ledger log, which assembles evidence; without one `evidence` is unavailable. */
  readonly ledgerLog?: { evidence(transactionId: string, atHeight: number): Promise<LedgerEvidence> };
}

/** One process, one file, any number of organisations. One operator runs it: it gives tamper evidence, not decentralisation. */
export interface EmbeddedEngine {
  /** The ledger as one organisation sees it. */
  connect(connection: Connection): Ledger;
  /** Everything that is wrong with the stored ledger, from genesis on; empty when nothing. Lets other work through. */
  problems(): Promise<LedgerProblem[]>;
  /** Copies one committed snapshot to another file. Throws `DatabaseError`. */
  backup(toPath: string): Promise<void>;
  /** Refuses what is waiting, ends every stream and closes the file. */
  close(): void;
}

/**
 * Opens (or makes) an embedded ledger, checking its newest transactions. Throws `LedgerError` `unavailable` `tampered`
 * when blocks, index or state were changed from outside, and `DatabaseError`.
 */
export function openEmbeddedLedger(options: EmbeddedOptions): EmbeddedEngine {
  const store = new BlockStore(options.path);
  try {
    const [problem] = [...checkChain(store, store.heightOfNewest(CHECKED_AT_OPEN))].flat();
    if (problem !== undefined) {
      const sentence = `the stored ledger was changed at height ${problem.height} (${problem.code}); restore it from a backup`;
      throw new LedgerError('unavailable', sentence, { reason: 'tampered' });
    }
    return new Engine(store, new ContractSet(options.contracts), options.now ?? (() => new Date()));
  } catch (error) {
    store.close();
    throw error;
  }
}

interface Pending {
  readonly signed: SignedTransaction;
  resolve(committed: Committed): void;
  reject(error: unknown): void;
}

class Engine implements EmbeddedEngine {
  readonly #store: BlockStore;
  readonly #contracts: ContractSet;
  readonly #now: () => Date;
  readonly #stream: BlockStream;
  #queue: Pending[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(store: BlockStore, contracts: ContractSet, now: () => Date) {
    this.#store = store;
    this.#contracts = contracts;
    this.#now = now;
    this.#stream = new BlockStream(store, () => this.#assertOpen());
  }

  connect(connection: Connection): Ledger {
    const { organisation, role, key: sign, publicKey, ledgerLog } = connection;
    const engine = this;
    return {
      engine: 'embedded',
      get id() {
        return engine.#ledgerId();
      },
      submit: (transaction) => this.#submit(transaction, { organisation, role, publicKey, sign }),
      query: async (contract, name, args) => this.#query(contract, name, args),
      blocks: (fromHeight, signal) => this.#stream.from(fromHeight, signal),
      evidence: async (transactionId) => {
        const place = this.#store.find(transactionId);
        if (place === undefined) reject('unknown-transaction', 'no such transaction was committed');
        if (ledgerLog === undefined)
          throw new LedgerError('unavailable', 'no ledger log is attached to give evidence');
        return ledgerLog.evidence(transactionId, place.height);
      },
    };
  }

  #ledgerId(): string {
    const ledger = this.#store.get(MEMBERSHIP, LEDGER_KEY) as LedgerState | undefined;
    if (ledger === undefined)
      throw new LedgerError('unavailable', 'the ledger has not begun', { reason: 'no-genesis' });
    return ledger.id;
  }

  #query(contract: string, name: string, args: TransactionArgs): unknown {
    this.#assertOpen();
    return ask(this.#contracts, this.#store, this.#store.head.height + 1, { contract, name, args });
  }

  async #submit(
    transaction: Transaction,
    submitter: Parameters<typeof signTransaction>[1],
  ): Promise<Committed> {
    this.#assertOpen();
    const now = this.#now();
    const hasBegun = this.#store.head.height >= 0;
    const brought = transaction.args.ledger;
    const ledger = hasBegun ? this.#ledgerId() : typeof brought === 'string' ? brought : '';
    const signed = await signTransaction(transaction, submitter, ledger, now);
    if (Date.parse(signed.envelope.time) > now.getTime() + MAX_TIME_AHEAD_MS) {
      reject('time-ahead', 'the time is ahead of the ledger; set the clock');
    }
    this.#assertOpen();
    if (this.#queue.length >= MAX_PENDING) {
      throw new LedgerError('unavailable', 'too many transactions are waiting; try again shortly', {
        reason: 'busy',
      });
    }
    const { promise, resolve, reject: refuse } = Promise.withResolvers<Committed>();
    this.#queue.push({ signed, resolve, reject: refuse });
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed || this.#queue.length === 0) return;
    this.#isScheduled = true;
    // After the current round of the event loop: everything submitted in it shares one block and one flush to disk.
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isClosed) this.#cut();
      this.#schedule();
    });
  }

  /** Makes one block of what is waiting, stores it durably, then answers. */
  #cut(): void {
    const builder = new BlockBuilder(this.#contracts, this.#store, this.#store.head);
    const taken: { pending: Pending; id: string }[] = [];
    let next = 0;
    while (
      next < this.#queue.length &&
      next < MAX_BLOCK_TRANSACTIONS &&
      builder.sizeBytes < MAX_BLOCK_BYTES
    ) {
      const pending = this.#queue[next++];
      if (pending === undefined) break;
      try {
        taken.push({ pending, id: builder.add(pending.signed) });
      } catch (error) {
        pending.reject(error);
      }
    }
    this.#queue = this.#queue.slice(next);
    try {
      if (builder.ids.length > 0) this.#append(builder);
      for (const { pending, id } of taken) pending.resolve(this.#committed(pending, id));
    } catch (error) {
      for (const { pending } of taken) pending.reject(asOutcome(error));
    }
  }

  #append(builder: BlockBuilder): void {
    this.#store.append(builder.finish(this.#now().toISOString()), builder.ids, builder.writes);
    this.#stream.wake();
  }

  #committed(pending: Pending, id: string): Committed {
    const { head } = this.#store;
    const isNew = id === pending.signed.id;
    const place = isNew ? head : this.#store.find(id);
    return {
      transaction: id,
      height: place?.height ?? head.height,
      block: place?.hash ?? head.hash,
      duplicate: !isNew,
    };
  }

  async problems(): Promise<LedgerProblem[]> {
    const found: LedgerProblem[] = [];
    for (const some of checkChain(this.#store, 0)) {
      found.push(...some);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return found;
  }

  backup(toPath: string): Promise<void> {
    this.#assertOpen();
    return this.#store.backup(toPath);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const pending of this.#queue) pending.reject(closed());
    this.#queue = [];
    this.#stream.wake();
    this.#store.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closed();
  }
}

import type { LedgerEvidence } from '../proof/index.ts';
import type { Role } from './kit/context.ts';
import type { StateValue } from './kit/state-value.ts';

/** Arguments of a transaction or query: plain JSON that the contract's fields accept; anything else is refused. */
export type TransactionArgs = { readonly [name: string]: unknown };

/** What goes before what else waits: a heartbeat before revocations, or many of these would make the organisation refuse everybody as stale. */
export type Urgency = 'heartbeat' | 'revocation';

/** What an organisation wants done. */
export interface Transaction {
  readonly contract: string;
  readonly name: string;
  readonly args: TransactionArgs;
  /** When, as the submitter claims (RFC 3339, UTC, milliseconds); the submitter's clock when left out. */
  readonly time?: string;
  /**
   * For what goes before other transactions of this organisation that wait. No part of what is committed; the embedded engine, which takes
   * what waits into its next block, does not look at it.
   */
  readonly urgency?: Urgency;
}

/** A transaction that is final. */
export interface Committed {
  /** Its id; of the first one, when this one said again what was already committed. */
  readonly transaction: string;
  readonly height: number;
  /** The block's hash, hexadecimal. */
  readonly block: string;
  /** True when the same content was already committed: nothing changed, and nothing new was ordered. */
  readonly duplicate: boolean;
}

/** One value that a transaction set. */
export interface Write {
  readonly contract: string;
  readonly key: string;
  /** Canonical JSON text. */
  readonly value: string;
}

/** Something that a transaction told block readers. */
export interface LedgerEvent {
  readonly name: string;
  readonly value: { readonly [name: string]: StateValue };
}

/** A transaction in a block. */
export interface CommittedTransaction {
  readonly id: string;
  readonly contract: string;
  readonly name: string;
  readonly args: { readonly [name: string]: StateValue | undefined };
  readonly time: string;
  readonly submitter: { readonly organisation: string; readonly role: Role };
  /** False when it was ordered but changed nothing; the embedded engine orders only valid ones. */
  readonly valid: boolean;
  /** Hexadecimal SHA-256 of the JCS of contract, name and arguments. */
  readonly digest: string;
  readonly writes: readonly Write[];
  readonly events: readonly LedgerEvent[];
}

/** A block, final. */
export interface Block {
  readonly height: bigint;
  /** Hexadecimal. */
  readonly hash: string;
  /** Hash of the block before; 64 zeros for genesis. */
  readonly previous: string;
  /** The engine's clock when it was cut; nothing is decided by it. */
  readonly time: string;
  readonly transactions: readonly CommittedTransaction[];
}

/** The shared ledger, as one organisation sees it; every engine gives the same. */
export interface Ledger {
  /** The ledger's id: 32 hexadecimal digits. Throws `LedgerError` `unavailable` before the genesis transaction. */
  readonly id: string;
  readonly engine: 'embedded' | 'fabric';
  /** Commits a transaction; resolves when it is final and durable. Saying the same again succeeds and changes nothing. Throws `LedgerError`. */
  submit(transaction: Transaction): Promise<Committed>;
  /** Asks a contract about committed state; the answer is plain JSON, not to be changed, and what it is when nothing is found is the query's. Throws `LedgerError` `rejected` for an unknown one. */
  query(contract: string, name: string, args: TransactionArgs): Promise<unknown>;
  /**
   * The blocks from a height on, in order, then each new one as it comes. Ends when `signal` aborts; the reader keeps its
   * height and may begin again there. Throws `LedgerError` `unavailable` when the ledger is closed underneath it.
   */
  blocks(fromHeight: bigint, signal: AbortSignal): AsyncIterable<Block>;
  /**
   * Why an outsider should believe that a transaction committed and was valid. Throws `LedgerError`: `rejected`
   * `unknown-transaction`, or `unavailable` when too few members sign now or no ledger log is attached.
   */
  evidence(transactionId: string): Promise<LedgerEvidence>;
}

/** Signs bytes with a key that stays where it is. */
export type Sign = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;

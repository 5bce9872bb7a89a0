import type { Primitives } from '../../proof/index.ts';
import type { StateEntry, StateObject, StateValue } from './state-value.ts';

/** In which capacity an organisation submits: its certificate or key says so, never a person's name. */
export type Role = 'node' | 'admin';

/** Which part of a range to read. */
export interface RangeOptions {
  /** Only keys after this one; from the beginning of the prefix when left out. */
  readonly after?: string;
  /** Most entries to return, up to `MAX_RANGE`, which is also the default. */
  readonly limit?: number;
}

/** What a query sees: committed state, frozen. */
export interface QueryContext {
  /** The value under a key of this contract; undefined when there is none. */
  get<T extends StateObject = StateObject>(key: string): T | undefined;
  /** The entries whose keys begin with `prefix`, ascending by key; empty when there is none. */
  range<T extends StateObject = StateObject>(prefix: string, options?: RangeOptions): StateEntry<T>[];
  /** The value under a key of another contract; undefined when there is none. */
  read<T extends StateObject = StateObject>(contract: string, key: string): T | undefined;
}

/** What a transaction sees and may do. It reads its own writes; there is no clock, no randomness, no I/O. */
export interface Context extends QueryContext {
  /** The ledger's id. Empty in the genesis transaction, which brings it. */
  readonly ledger: string;
  /** Who submits, from its key or certificate. */
  readonly organisation: string;
  readonly role: Role;
  /** When, as the submitter claims: never before the object's last one, and no right follows from it. */
  readonly time: string;
  /**
   * The ledger height the transaction stands at. On the embedded engine that of its own block; an engine whose contracts
   * run before ordering gives the submitter's newest, and its endorsers check it against theirs.
   */
  readonly height: number;
  /** Signature verification underneath proof's one Ed25519 rule, for `verifyEd25519` and whatever takes primitives. */
  readonly primitives: Primitives;
  /** Sets the value of a key of this contract. It must carry `v` and hold no fraction (broken invariants otherwise). */
  put<T extends StateObject>(key: string, value: T): void;
  /** Tells block readers that something happened; kept in the block, not in state. */
  emit(name: string, value: { readonly [name: string]: StateValue }): void;
}

/** Most entries one range gives: every endorsing peer reads them. */
export const MAX_RANGE = 1_000;

import {
  CompactRange,
  canonicalBytes,
  fromBase64,
  type Hash,
  leafHash,
  toBase64,
  toHex,
} from '../../proof/index.ts';
import { reject } from '../error.ts';
import { CONTINUATION_KEY, LEDGER_KEY, MEMBERSHIP } from '../kit/member-state.ts';
import type { Write } from '../ledger.ts';

/** Where the chaincode keeps how far a state was carried; no contract can name it. */
export const CARRIED_KEY = '~carried';
const OWN_KEYS = new Set([LEDGER_KEY, CONTINUATION_KEY, CARRIED_KEY]);

/** A tree in the making, as it is kept between two parts of a state. */
export interface StateTreeHead {
  /** Values so far. */
  readonly entries: number;
  /** Roots of the complete subtrees, base64, largest first. */
  readonly hashes: readonly string[];
  /** `contract/key` of the last value; absent before the first. */
  readonly last?: string;
}

/** Whether a value goes from one engine to another: all but those by which a ledger says where itself stands. */
export function isCarried({ contract, key }: Pick<Write, 'contract' | 'key'>): boolean {
  return contract !== MEMBERSHIP || !OWN_KEYS.has(key);
}

/** `contract/key`: the order of a state, the same on every engine. Both are ASCII, so that characters compare as bytes. */
export function placeOf({ contract, key }: Pick<Write, 'contract' | 'key'>): string {
  return `${contract}/${key}`;
}

/**
 * The hash of a ledger's state: an RFC 6962 tree with one entry per carried value, the JCS of `[contract, key, value]` (value as its
 * canonical text), ascending by `contract/key`. It grows part by part and can be put down and taken up again.
 */
export class StateTree {
  readonly #range: CompactRange;
  #last: string | undefined;

  /** An empty tree, or one taken up where it was put down. */
  constructor(head?: StateTreeHead) {
    this.#range = new CompactRange(
      head?.entries,
      head?.hashes.map((hash): Hash => fromBase64(hash)),
    );
    this.#last = head?.last;
  }

  /** Adds the next value. Throws `LedgerError` `rejected` `order` when it does not come after the last, or is not carried. */
  add(write: Write): void {
    const place = placeOf(write);
    const isNext = this.#last === undefined || place > this.#last;
    if (!isNext || !isCarried(write))
      reject('order', 'a state is carried in the order of its keys, each once');
    const { contract, key, value } = write;
    this.#range.append(leafHash(canonicalBytes([contract, key, value])));
    this.#last = place;
  }

  /** What the tree is taken up from. */
  head(): StateTreeHead {
    return {
      entries: this.#range.size,
      hashes: this.#range.hashes.map(toBase64),
      ...(this.#last === undefined ? {} : { last: this.#last }),
    };
  }

  /** Number of values, and the hash over them, hexadecimal. */
  hash(): StateHash {
    return { entries: this.#range.size, state: toHex(this.#range.root()) };
  }
}

/** The hash of a state. */
export interface StateHash {
  readonly entries: number;
  /** Hexadecimal root of the tree. */
  readonly state: string;
}

/** The hash of a whole state, whose values come in order; those that are not carried are passed over. */
export function stateHash(state: Iterable<Write>): StateHash {
  const tree = new StateTree();
  for (const write of state) if (isCarried(write)) tree.add(write);
  return tree.hash();
}

import {
  consistencyProof,
  formatCheckpoint,
  fromBase64,
  type Hash,
  leafHash,
  type NodeAt,
  parseDecimal,
  rootFromLeaves,
  signCheckpoint,
  toBase64,
} from '../../proof/index.ts';
import { formatAddCheckpoint } from '../index.ts';
import { testEntries } from './material.ts';
import type { TestNetwork } from './network.ts';

/** Length of what both histories begin with: less than two steps, so that the first heads differ already. */
const COMMON = 20;
/** Length of each: one partial tile holds it. */
const LENGTH = 250;
/** Heads are multiples of this: few different sizes, so that several witnesses are shown the same head. */
const STEP = 15;

/** A head of one of the histories, with the nodes to prove from. */
export interface HistoryHead {
  readonly size: number;
  readonly root: Hash;
  readonly nodeAt: NodeAt;
}

/**
 * A member that keeps two histories of its log and tries to have both cosigned: it signs heads of either, serves every witness the
 * tiles of the history that it is being told, and answers with right proofs wherever there is one.
 */
export class TwoHistories {
  readonly origin: string;
  readonly #network: TestNetwork;
  readonly #owner: string;
  readonly #random: () => number;
  readonly #histories: readonly (readonly Uint8Array[])[];
  /** By witness: the history it is shown, and the size it cosigned last. */
  readonly #told = new Map<string, { history: number; size: number }>();

  /** By witness: the size of the newest request. */
  readonly #asked = new Map<string, number>();

  constructor(network: TestNetwork, owner: string, random: () => number) {
    this.#network = network;
    this.#owner = owner;
    this.#random = random;
    this.origin = network.member(owner).origin;
    const common = testEntries('common', COMMON);
    this.#histories = ['a', 'b'].map((name) => [...common, ...testEntries(name, LENGTH - COMMON)]);
    network.wire.fetch = async (reader, source, path, deliver) =>
      source === owner ? this.#serve(reader, path) : deliver();
  }

  /** The body of a request to a witness: mostly of the history it knows, sometimes of the other one. */
  async request(witness: string): Promise<string> {
    const told = this.#told.get(witness) ?? { history: this.#random() < 0.5 ? 0 : 1, size: 0 };
    const history = this.#random() < 0.3 ? 1 - told.history : told.history;
    this.#told.set(witness, { ...told, history });
    const size = Math.min(LENGTH, STEP * (Math.floor(told.size / STEP) + 1 + Math.floor(this.#random() * 2)));
    this.#asked.set(witness, size);
    const { root, nodeAt } = this.#head(history, size);
    const text = formatCheckpoint({ origin: this.origin, size, root });
    const note = await signCheckpoint(text, this.#network.member(this.#owner).logKey);
    const proof = told.size === 0 ? [] : consistencyProof(told.size, size, nodeAt);
    return formatAddCheckpoint(told.size, proof, note);
  }

  /** Takes from an answer how far the witness is. */
  learn(witness: string, { status, body }: { status: number; body: string }): void {
    const told = this.#told.get(witness);
    if (told === undefined) return;
    const size =
      status === 409 ? parseDecimal(body.trim()) : status === 200 ? this.#asked.get(witness) : undefined;
    if (size !== undefined) this.#told.set(witness, { ...told, size: Number(size) });
  }

  /** The head with this root; fails for one that belongs to neither history. */
  historyOf(size: number, root: string): HistoryHead {
    for (const [history] of this.#histories.entries()) {
      const head = this.#head(history, size);
      if (toBase64(head.root) === root) return { ...head, root: fromBase64(root) };
    }
    throw new Error('a head of neither history was cosigned');
  }

  #head(history: number, size: number): HistoryHead {
    const leaves = (this.#histories[history] ?? []).slice(0, size).map(leafHash);
    const nodeAt: NodeAt = (level, index) =>
      rootFromLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
    return { size, root: rootFromLeaves(leaves), nodeAt };
  }

  #serve(reader: string, path: string): Uint8Array | undefined {
    const [, level, width] = /^tile\/(0|entries)\/000\.p\/(\d+)$/.exec(path) ?? [];
    const entries = (this.#histories[this.#told.get(reader)?.history ?? 0] ?? []).slice(0, Number(width));
    if (level === undefined) return undefined;
    if (level === '0') return new Uint8Array(Buffer.concat(entries.map(leafHash)));
    return new Uint8Array(Buffer.concat(entries.map((entry) => Buffer.concat([Buffer.of(0, 32), entry]))));
  }
}

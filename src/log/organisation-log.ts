import type { Database } from '../database/index.ts';
import {
  formatTlogProof,
  inclusionProof,
  javascriptPrimitives,
  type Primitives,
  type Signer,
} from '../proof/index.ts';
import { Alarms } from './alarm.ts';
import { type CosignedCheckpoint, CosignedCheckpoints } from './cosigned-checkpoints.ts';
import { Coverage } from './coverage.ts';
import { LogError } from './errors.ts';
import { type Published, Publisher, type Witnessing } from './publisher.ts';
import { type OnRecovered, recoveredRanges } from './recovery.ts';
import { SignedHead } from './signed-head.ts';
import { TILE_WIDTH, type TileAddress } from './tile-path.ts';
import type { TileSource } from './tile-source.ts';
import { TiledTree } from './tiled-tree.ts';
import { treeSource } from './tree-source.ts';

/** How an organisation's log is opened. With the first three it can be appended to and read; to publish it needs the others. */
export interface LogOptions {
  readonly database: Database;
  readonly origin: string;
  readonly organisation: string;
  /** The log's key; its name is the origin. */
  readonly signer?: Signer;
  /** The policy in force and its witnesses; undefined while this organisation has not seen the ledger. */
  readonly witnessing?: () => Witnessing | undefined;
  readonly alarms?: Alarms;
  /** Verifies cosignatures; the native ones are ten times faster. */
  readonly primitives?: Primitives;
  readonly onRecovered?: OnRecovered;
}

/** An organisation's append-only log of commitments. */
export class OrganisationLog {
  readonly origin: string;
  readonly organisation: string;
  readonly #database: Database;
  readonly #tree: TiledTree;
  readonly #cosigned: CosignedCheckpoints;
  readonly #coverage = new Coverage();
  readonly #publisher: Publisher | undefined;
  readonly #source: TileSource;
  #publishing: Promise<Published> | undefined;
  #next: Promise<Published> | undefined;

  /** Use {@link openLog}. */
  constructor(options: LogOptions) {
    const { database, origin, organisation, signer, witnessing, onRecovered } = options;
    this.origin = origin;
    this.organisation = organisation;
    this.#database = database;
    const tree = new TiledTree(database, origin);
    this.#tree = tree;
    const cosigned = new CosignedCheckpoints(database, tree.tree);
    this.#cosigned = cosigned;
    this.#source = treeSource(tree, () => cosigned.newest?.note);
    if (signer === undefined || witnessing === undefined) return;
    this.#publisher = new Publisher({
      database,
      tree,
      cosigned,
      signer,
      witnessing,
      onRecovered,
      coverage: this.#coverage,
      signed: new SignedHead(database, tree.tree),
      alarms: options.alarms ?? new Alarms({ database, now: () => new Date() }),
      primitives: options.primitives ?? javascriptPrimitives,
    });
  }

  /**
   * Appends commitments of 32 bytes and returns the leaf index of the first; the others follow it. Runs inside the caller's
   * open transaction and is durable with it; when that rolls back, the same indices are given again.
   */
  append(commitments: readonly Uint8Array[]): number {
    return this.#tree.entries.append(commitments);
  }

  /** Entries appended and committed. The tree and its tiles may be a tick behind. */
  size(): number {
    return this.#tree.entries.size();
  }

  /** The entry at a leaf index; undefined when there is none. */
  entry(leaf: number): Uint8Array | undefined {
    return this.#tree.entries.at(leaf);
  }

  /**
   * Makes a checkpoint over everything appended, signs it and collects cosignatures; called every second. Calls never
   * overlap: one made meanwhile shares a further publication, which covers what was appended before it. Throws
   * `not-configured` without key and witnesses, and `forked` when this log contradicts itself.
   */
  publish(): Promise<Published> {
    const publisher = this.#publisher;
    if (publisher === undefined) {
      return Promise.reject(
        new LogError('not-configured', 'This log was opened without its key and witnesses.'),
      );
    }
    if (this.#publishing === undefined) {
      this.#publishing = publisher.publish().finally(() => {
        this.#publishing = undefined;
      });
      return this.#publishing;
    }
    this.#next ??= this.#publishing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.publish();
      });
    return this.#next;
  }

  /** The newest checkpoint that a quorum cosigned, as signed note; undefined before the first. */
  checkpoint(): string | undefined {
    return this.#cosigned.newest?.note;
  }

  /** The same with its size and policy version. */
  cosigned(): CosignedCheckpoint | undefined {
    return this.#cosigned.newest;
  }

  /** The consistency proof between two sizes that the tree covers, and its roots: proof's `NodeAt` of this log. */
  get nodeAt(): TiledTree['nodeAt'] {
    return this.#tree.nodeAt;
  }

  /** Entries that the hash tiles cover. */
  treeSize(): number {
    return this.#tree.size;
  }

  /** Root over the first `size` entries, at most {@link treeSize}. */
  rootAt(size: number): Uint8Array {
    return this.#tree.rootAt(size);
  }

  /** A hash tile of 1–256 hashes; undefined when the tree does not fill it. */
  tile(level: number, index: number, width = TILE_WIDTH): Uint8Array | undefined {
    return this.#tree.tile({ level, index, width } satisfies TileAddress);
  }

  /** What is served under the log's public prefix. */
  get source(): TileSource {
    return this.#source;
  }

  /**
   * The tlog-proof text of a leaf under the newest cosigned checkpoint, waiting up to `waitMs` for one that covers it.
   * Undefined when none does in time.
   */
  async proofFor(leaf: number, options: { waitMs: number }): Promise<string | undefined> {
    return (await this.proofsFor([leaf], options))?.[0];
  }

  /** The proofs of several leaves, in their order and all under one checkpoint. Undefined as {@link proofFor}. */
  async proofsFor(leaves: readonly number[], { waitMs }: { waitMs: number }): Promise<string[] | undefined> {
    const size = Math.max(0, ...leaves) + 1;
    if ((this.#cosigned.newest?.size ?? 0) < size) await this.#coverage.wait(size, waitMs);
    const { newest } = this.#cosigned;
    if (newest === undefined || newest.size < size) return undefined;
    return leaves.map((index) =>
      formatTlogProof({
        index,
        hashes: inclusionProof(index, newest.size, this.#tree.nodeAt),
        checkpoint: newest.note,
      }),
    );
  }

  /** Leaves whose openings were lost with an old backup, in order. */
  recovered(): { first: number; beyond: number }[] {
    return recoveredRanges(this.#database, this.#tree.tree);
  }

  /** Answers everybody who still waits for a proof. The database stays open; it is its owner's. */
  close(): void {
    this.#coverage.release();
  }
}

/** Opens the log of an organisation in its database, whose migrations include `logMigrations`. */
export function openLog(options: LogOptions): OrganisationLog {
  return new OrganisationLog(options);
}

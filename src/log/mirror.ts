import assert from 'node:assert/strict';
import type { Database } from '../database/index.ts';
import { equalBytes, type Hash, parseLogOrigin } from '../proof/index.ts';
import type { Alarms } from './alarm.ts';
import { type AnchoredHead, AnchorRegister } from './anchor-register.ts';
import { AnchorWatch } from './anchor-watch.ts';
import { MAX_STEP_ENTRIES, nextStep } from './catch-up.ts';
import { LogError } from './errors.ts';
import type { FetchTile, TileSource } from './tile-source.ts';
import { TiledTree } from './tiled-tree.ts';
import { treeSource } from './tree-source.ts';
import type { WitnessedHeads } from './witnessed-heads.ts';

/** One step of a log's entries, 256 bundles from its owner. */
const STEP_TIMEOUT_MS = 30_000;

/** A head whose signature and consistency have been checked. */
export interface HeadToMirror {
  readonly size: number;
  readonly root: Hash;
  /** The signed note, as evidence. */
  readonly note: string;
}

/** Copies of the other members' logs, entry by entry, and the ledger's anchors compared with them. */
export class Mirror {
  readonly #database: Database;
  readonly #heads: WitnessedHeads;
  readonly #alarms: Alarms;
  readonly #maxStepEntries: number;
  readonly #trees = new Map<string, TiledTree>();
  readonly #anchors: AnchorRegister;
  readonly #watch: AnchorWatch;

  constructor(
    options: { database: Database; alarms: Alarms; maxStepEntries?: number },
    heads: WitnessedHeads,
  ) {
    this.#database = options.database;
    this.#alarms = options.alarms;
    this.#heads = heads;
    this.#maxStepEntries = options.maxStepEntries ?? MAX_STEP_ENTRIES;
    this.#anchors = new AnchorRegister(options.database);
    this.#watch = new AnchorWatch(this.#anchors, options.alarms);
  }

  /** The tree of a member's log, made when it is asked for the first time. */
  tree(origin: string): TiledTree {
    const known = this.#trees.get(origin);
    if (known !== undefined) return known;
    const tree = new TiledTree(this.#database, origin);
    this.#trees.set(origin, tree);
    return tree;
  }

  /**
   * Fetches entries until the mirror holds those of the head, at most one step. False when more steps are needed: what was
   * verified is kept and the next call goes on from there. Throws `tiles-mismatch`, having stored nothing and raised an
   * alarm, `forked` when the head or an anchor contradicts the mirrored entries, `unavailable` when the owner does not
   * serve them.
   */
  async advance(origin: string, head: HeadToMirror, fetch: FetchTile): Promise<boolean> {
    const tree = this.tree(origin);
    if (tree.size < head.size && !(await this.#step(tree, head, fetch))) return false;
    if (this.contradicts(origin, head)) {
      throw new LogError('forked', 'The head contradicts entries that are mirrored here.');
    }
    if (!this.#watch.compare(tree)) {
      throw new LogError(
        'forked',
        'The ledger holds a head of this log that contradicts the mirrored entries.',
      );
    }
    return true;
  }

  async #step(tree: TiledTree, head: HeadToMirror, fetch: FetchTile): Promise<boolean> {
    try {
      const remote = { fetch, size: head.size, signal: AbortSignal.timeout(STEP_TIMEOUT_MS) };
      const step = await nextStep(tree, remote, head.root, this.#maxStepEntries);
      this.#database.transaction(() => {
        assert.equal(tree.entries.append(step.entries), tree.size, 'a mirror holds what its tree covers');
        tree.store(step.growth);
      });
      tree.adopt(step.growth);
      return step.reachesHead;
    } catch (error) {
      if (error instanceof LogError && error.code === 'tiles-mismatch') {
        const detail = `${error.message} The signed head:\n\n${head.note}`;
        this.#alarms.raise({ code: 'tiles-mismatch', origin: tree.origin, ...head, detail });
      }
      throw error;
    }
  }

  /**
   * Whether a head signed by the log has another root than the mirrored entries, or than the head cosigned last. It is
   * evidence whatever the request was about, so it raises an alarm.
   */
  contradicts(origin: string, head: HeadToMirror): boolean {
    const tree = this.tree(origin);
    const last = this.#heads.get(tree.tree);
    const root =
      head.size <= tree.size ? tree.rootAt(head.size) : head.size === last?.size ? last.root : undefined;
    if (root === undefined || equalBytes(root, head.root)) return false;
    const before = last === undefined ? '' : `${last.note}\n`;
    const detail = `Two heads signed by the log's key cannot both be true:\n\n${before}${head.note}`;
    this.#alarms.raise({ code: 'fork', origin, ...head, detail });
    return true;
  }

  /** The mirror as tiled log; undefined for a log that was never cosigned here. */
  source(origin: string): TileSource | undefined {
    const row = this.#database
      .prepare('SELECT tree FROM log_trees JOIN log_witnessed USING (tree) WHERE origin = ?')
      .get<{ tree: number }>(origin);
    if (row === undefined) return undefined;
    return treeSource(this.tree(origin), () => this.#heads.get(row.tree)?.note);
  }

  /** The mirror of an organisation's log of a generation, also of one that is no longer a member; undefined as {@link source}. */
  sourceOf(organisation: string, generation: number): TileSource | undefined {
    const origins = this.#database
      .prepare('SELECT origin FROM log_trees JOIN log_witnessed USING (tree)')
      .all<{ origin: string }>();
    const found = origins.find(({ origin }) => {
      const log = parseLogOrigin(origin);
      return log?.organisation === organisation && log.generation === generation;
    });
    return found === undefined ? undefined : this.source(found.origin);
  }

  /** Remembers an anchor seen on the ledger and judges what the mirrored entries reach. */
  observeAnchor(anchor: AnchoredHead): void {
    this.#anchors.add(anchor);
    this.#watch.compare(this.tree(anchor.origin));
  }

  /** Origins with anchors that could not be judged yet. */
  pendingAnchors(): string[] {
    return this.#anchors.pendingOrigins();
  }

  /** Judges a log's pending anchors that the mirrored entries do not reach, by others' tiles. */
  async explainAnchors(origin: string, sources: readonly FetchTile[]): Promise<void> {
    await this.#watch.explain(this.tree(origin), sources);
  }

  /** The newest anchor that agrees with the mirror: a head with its quorum, to renew receipts under. */
  newestAnchor(origin: string): AnchoredHead | undefined {
    return this.#anchors.newest(origin);
  }
}

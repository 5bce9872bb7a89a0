import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/index.ts';
import {
  CompactRange,
  equalBytes,
  fromBase64,
  type Hash,
  leafHash,
  ProofError,
  parseSignedCheckpoint,
} from '../proof/index.ts';
import { ENTRY_BYTES, unpackEntries } from './entry-bundle.ts';
import { splitHashes } from './tile-nodes.ts';
import { TILE_HEIGHT, TILE_WIDTH } from './tile-path.ts';

/** Bundles read at one time: 4,096 entries, hashed in about 15 ms before other work gets its turn. */
const PAGE_BUNDLES = 16;

/** What `fsck` finds wrong with a log; the set is closed. */
export type LogProblemCode =
  /** Entries are missing in the middle, or cut short. */
  | 'entries-missing'
  /** A stored tile is not what the entries hash to: one of the two was changed. */
  | 'tile-differs'
  /** A signed head kept here has another root than the entries. */
  | 'checkpoint-differs'
  /** A head on the ledger has another root than the entries. */
  | 'anchor-differs'
  /** A head on the ledger or signed here is larger than the log: entries are lost and wait for recovery. */
  | 'log-behind';

/** One finding. */
export interface LogProblem {
  readonly code: LogProblemCode;
  /** The log's origin. */
  readonly object: string;
  readonly detail: string;
}

/** A head that must be one of the log's own, and where it comes from. */
interface ExpectedHead {
  readonly size: number;
  readonly root: Hash;
  readonly code: 'checkpoint-differs' | 'anchor-differs';
}

/**
 * Recomputes every log in the database from its entries, the own and the mirrored ones, and compares tiles, signed and
 * witnessed heads, and the given anchors (from the ledger, root in base64). Writes nothing, so it may run on a live database.
 * `checked` counts entries. Takes about 4 s a million.
 */
export async function checkLog(
  database: Database,
  anchors: readonly { readonly origin: string; readonly size: number; readonly root: string }[] = [],
): Promise<{ checked: number; problems: LogProblem[] }> {
  const trees = database
    .prepare('SELECT tree, origin, size FROM log_trees ORDER BY tree')
    .all<{ tree: number; origin: string; size: number }>();
  const problems: LogProblem[] = [];
  let checked = 0;
  for (const row of trees) {
    const check = new TreeCheck(database, row, problems);
    for (const { origin, size, root } of anchors) {
      if (origin === row.origin) check.expect({ size, root: fromBase64(root), code: 'anchor-differs' });
    }
    checked += await check.run();
  }
  return { checked, problems };
}

class TreeCheck {
  readonly #database: Database;
  readonly #row: { readonly tree: number; readonly origin: string; readonly size: number };
  readonly #problems: LogProblem[];
  /** By size. */
  readonly #expected = new Map<number, ExpectedHead[]>();
  readonly #range = new CompactRange();
  /** By level, the tile being filled with what the entries hash to. */
  readonly #tiles = new Map<number, Hash[]>();

  constructor(
    database: Database,
    row: { tree: number; origin: string; size: number },
    problems: LogProblem[],
  ) {
    this.#database = database;
    this.#row = row;
    this.#problems = problems;
  }

  expect(head: ExpectedHead): void {
    this.#expected.set(head.size, [...(this.#expected.get(head.size) ?? []), head]);
  }

  /** Checks the tree and returns the number of entries seen. */
  async run(): Promise<number> {
    this.#expectKeptHeads();
    this.#compareHeads();
    let next = 0;
    for (let page = this.#page(0); page.length > 0; page = this.#page(next / TILE_WIDTH)) {
      for (const { bundle, entries } of page) {
        const isWhole = entries.length > 0 && entries.length % ENTRY_BYTES === 0;
        if (bundle !== next / TILE_WIDTH || !isWhole || entries.length > TILE_WIDTH * ENTRY_BYTES) {
          this.#report(
            'entries-missing',
            `Bundle ${bundle} is cut short or does not follow the one before it.`,
          );
          return next;
        }
        for (const entry of unpackEntries(entries)) this.#take(entry);
        next += entries.length / ENTRY_BYTES;
      }
      if (next % TILE_WIDTH > 0) break;
      await setImmediate();
    }
    this.#finish(next);
    return next;
  }

  /** A page at a time and no open cursor: other work on the same connection must be able to roll back. */
  #page(fromBundle: number): { bundle: number; entries: Uint8Array }[] {
    return this.#database
      .prepare(
        'SELECT bundle, entries FROM log_bundles WHERE tree = ? AND bundle >= ? ORDER BY bundle LIMIT ?',
      )
      .all<{ bundle: number; entries: Uint8Array }>(this.#row.tree, fromBundle, PAGE_BUNDLES);
  }

  #take(entry: Uint8Array): void {
    const isInTree = this.#range.size < this.#row.size;
    const nodes = this.#range.append(leafHash(entry));
    for (let level = 1; isInTree && level * TILE_HEIGHT < nodes.length; level++) {
      const hashes = this.#tiles.get(level) ?? [];
      hashes.push(nodes[level * TILE_HEIGHT] as Hash);
      this.#tiles.set(level, hashes);
      if (hashes.length === TILE_WIDTH) this.#compareTile(level);
    }
    this.#compareHeads();
  }

  /** Compares the tile just filled, or at the end the partial one, with what is stored. */
  #compareTile(level: number): void {
    const hashes = this.#tiles.get(level) ?? [];
    const span = TILE_WIDTH ** level;
    const covered = Math.floor(Math.min(this.#range.size, this.#row.size) / span);
    const tile = Math.floor((covered - 1) / TILE_WIDTH);
    const row = this.#database
      .prepare('SELECT hashes FROM log_tiles WHERE tree = ? AND level = ? AND tile = ?')
      .get<{ hashes: Uint8Array }>(this.#row.tree, level, tile);
    const stored = splitHashes(row?.hashes ?? new Uint8Array(0));
    // A longer one has grown since the check began.
    const wrong = hashes.findIndex((hash, i) => stored[i] === undefined || !equalBytes(hash, stored[i]));
    if (wrong >= 0) {
      const first = (tile * TILE_WIDTH + wrong) * span;
      this.#report(
        'tile-differs',
        `Tile ${level}/${tile} and entries ${first} to ${first + span - 1} do not fit.`,
      );
    }
    this.#tiles.set(level, []);
  }

  #finish(entries: number): void {
    for (const [level, hashes] of this.#tiles) if (hashes.length > 0) this.#compareTile(level);
    if (entries < this.#row.size) {
      this.#report('entries-missing', `The tree covers ${this.#row.size} entries and ${entries} are there.`);
    }
    for (const { size, code } of [...this.#expected.values()].flat()) {
      // A mirror may be behind the ledger; a log may not.
      if (size <= entries || (code === 'anchor-differs' && this.#isMirror())) continue;
      this.#report('log-behind', `A head of ${size} entries exists and ${entries} are there.`);
    }
  }

  #isMirror(): boolean {
    const sql = 'SELECT 1 FROM log_witnessed WHERE tree = ?';
    return this.#database.prepare(sql).get(this.#row.tree) !== undefined;
  }

  #compareHeads(): void {
    for (const { size, root, code } of this.#expected.get(this.#range.size) ?? []) {
      if (equalBytes(root, this.#range.root())) continue;
      this.#report(code, `The entries do not hash to the head of size ${size}.`);
    }
  }

  #expectKeptHeads(): void {
    const { tree, origin } = this.#row;
    const heads = this.#database
      .prepare(
        'SELECT size, root FROM log_signed WHERE tree = ?1 UNION SELECT size, root FROM log_witnessed WHERE tree = ?1',
      )
      .all<{ size: number; root: Hash }>(tree);
    for (const head of heads) this.expect({ ...head, code: 'checkpoint-differs' });
    const notes = this.#database
      .prepare(
        `SELECT note, 'checkpoint-differs' AS code FROM log_cosigned WHERE tree = ?
         UNION ALL SELECT note, 'anchor-differs' FROM log_anchors WHERE origin = ? AND compared = 1`,
      )
      .all<{ note: string; code: ExpectedHead['code'] }>(tree, origin);
    for (const { note, code } of notes) this.#expectNote(note, code);
  }

  #expectNote(note: string, code: ExpectedHead['code']): void {
    try {
      const { checkpoint } = parseSignedCheckpoint(note);
      if (checkpoint.origin !== this.#row.origin) throw new ProofError('malformed', 'It is of another log.');
      this.expect({ size: Number(checkpoint.size), root: checkpoint.root, code });
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      this.#report(code, `A kept checkpoint cannot be read. ${error.message}`);
    }
  }

  #report(code: LogProblemCode, detail: string): void {
    this.#problems.push({ code, object: this.#row.origin, detail });
  }
}

import type { Database } from '../database/index.ts';

/** Checkpoints kept: the newest serves receipts and anchors, the ones before it show what was just served. */
const KEPT_CHECKPOINTS = 16;

/** An own checkpoint that a quorum has cosigned. */
export interface CosignedCheckpoint {
  readonly size: number;
  /** Version of the policy whose quorum it has. */
  readonly policy: number;
  /** The signed note, log's signature first. */
  readonly note: string;
}

/** The newest cosigned checkpoints of a log. */
export class CosignedCheckpoints {
  readonly #database: Database;
  readonly #tree: number;
  #newest: CosignedCheckpoint | undefined;

  /** Of the tree with this number. */
  constructor(database: Database, tree: number) {
    this.#database = database;
    this.#tree = tree;
    this.#newest = database
      .prepare('SELECT size, policy, note FROM log_cosigned WHERE tree = ? ORDER BY size DESC LIMIT 1')
      .get<CosignedCheckpoint>(tree);
  }

  /** The newest, or undefined before the first quorum. */
  get newest(): CosignedCheckpoint | undefined {
    return this.#newest;
  }

  /** Keeps a checkpoint; one of the same size under a newer policy takes the place of the older. */
  store(checkpoint: CosignedCheckpoint): void {
    const { size, policy, note } = checkpoint;
    this.#database.transaction(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO log_cosigned (tree, size, policy, note) VALUES (?, ?, ?, ?)')
        .run(this.#tree, size, policy, note);
      this.#database
        .prepare(
          `DELETE FROM log_cosigned WHERE tree = ?1 AND size NOT IN
             (SELECT size FROM log_cosigned WHERE tree = ?1 ORDER BY size DESC LIMIT ?2)`,
        )
        .run(this.#tree, KEPT_CHECKPOINTS);
    });
    this.#newest = checkpoint;
  }
}

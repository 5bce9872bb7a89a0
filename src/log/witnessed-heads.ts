import assert from 'node:assert/strict';
import type { Database } from '../database/index.ts';
import type { Hash } from '../proof/index.ts';

/** The newest head that this witness cosigned for a log. */
export interface WitnessedHead {
  readonly size: number;
  readonly root: Hash;
  /** POSIX seconds of its newest cosignature. */
  readonly time: number;
  /** The signed note with the log's signature and this witness's. */
  readonly note: string;
}

/** What a witness has cosigned, by the number of the log's tree. */
export class WitnessedHeads {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest head; undefined when this log was never cosigned, which counts as size 0. */
  get(tree: number): WitnessedHead | undefined {
    return this.#database
      .prepare('SELECT size, root, time, note FROM log_witnessed WHERE tree = ?')
      .get<WitnessedHead>(tree);
  }

  /**
   * Stores a head if the one before it is still the newest, and says whether it did: check and write are one transaction, or
   * two requests at once could take the witness back to the smaller head (C2SP tlog-witness, add-checkpoint).
   */
  replace(tree: number, previous: WitnessedHead | undefined, head: WitnessedHead): boolean {
    return this.#database.transaction(() => {
      const current = this.get(tree);
      if (current?.size !== previous?.size || current?.time !== previous?.time) return false;
      assert.ok(head.size >= (current?.size ?? 0) && head.time >= (current?.time ?? 0));
      this.#database
        .prepare('INSERT OR REPLACE INTO log_witnessed (tree, size, root, time, note) VALUES (?, ?, ?, ?, ?)')
        .run(tree, head.size, head.root, head.time, head.note);
      return true;
    });
  }
}

import assert from 'node:assert/strict';
import type { Database } from '../database/index.ts';
import { equalBytes, type Hash } from '../proof/index.ts';
import { LogError } from './errors.ts';

/** The largest head that a log has signed. It is durable before the signature is made, and never goes back. */
export class SignedHead {
  readonly #database: Database;
  readonly #tree: number;

  /** Of the tree with this number. */
  constructor(database: Database, tree: number) {
    this.#database = database;
    this.#tree = tree;
  }

  /** The head, or undefined when nothing was signed yet. */
  get(): { size: number; root: Hash } | undefined {
    return this.#database
      .prepare('SELECT size, root FROM log_signed WHERE tree = ?')
      .get<{ size: number; root: Hash }>(this.#tree);
  }

  /** Records what is about to be signed. Throws `forked` on a smaller head or another root for the same size. */
  advance(size: number, root: Hash): void {
    assert.ok(!this.#database.inTransaction, 'the head must be durable when this returns');
    const known = this.get();
    if (
      known !== undefined &&
      (size < known.size || (size === known.size && !equalBytes(root, known.root)))
    ) {
      throw new LogError('forked', 'This head contradicts one that was signed before; nothing is signed.');
    }
    this.#database
      .prepare('INSERT OR REPLACE INTO log_signed (tree, size, root) VALUES (?, ?, ?)')
      .run(this.#tree, size, root);
  }
}

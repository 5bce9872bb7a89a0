import type { Database } from '../database/index.ts';
import type { Hash } from '../proof/index.ts';

/** A head that stands on the ledger, with the signatures it was anchored with. */
export interface AnchoredHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** The signed note: the log's signature and the cosignatures of the quorum. */
  readonly note: string;
}

/** What came of comparing an anchor with what was witnessed. */
export type Comparison = 'pending' | 'agrees' | 'differs';

const STORED: Record<Comparison, number> = { pending: 0, agrees: 1, differs: 2 };

/** Anchors of other logs as a witness has seen them on the ledger. */
export class AnchorRegister {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Remembers an anchor; one that is known stays as it was judged. */
  add({ origin, size, root, note }: AnchoredHead): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO log_anchors (origin, size, root, note) VALUES (?, ?, ?, ?)')
      .run(origin, size, root, note);
  }

  /** Anchors of an origin that were judged so, smallest first. */
  list(origin: string, comparison: Comparison): AnchoredHead[] {
    return this.#database
      .prepare(
        'SELECT origin, size, root, note FROM log_anchors WHERE origin = ? AND compared = ? ORDER BY size',
      )
      .all<AnchoredHead>(origin, STORED[comparison]);
  }

  /** Origins that have anchors still to be compared. */
  pendingOrigins(): string[] {
    return this.#database
      .prepare('SELECT DISTINCT origin FROM log_anchors WHERE compared = 0 ORDER BY origin')
      .all<{ origin: string }>()
      .map(({ origin }) => origin);
  }

  /** Judges an anchor. Of those that agree only the newest of an origin is kept. */
  judge({ origin, size, root }: AnchoredHead, comparison: 'agrees' | 'differs'): void {
    this.#database
      .prepare('UPDATE log_anchors SET compared = ? WHERE origin = ? AND size = ? AND root = ?')
      .run(STORED[comparison], origin, size, root);
    this.#database
      .prepare(
        `DELETE FROM log_anchors WHERE origin = ?1 AND compared = 1 AND size <
           (SELECT max(size) FROM log_anchors WHERE origin = ?1 AND compared = 1)`,
      )
      .run(origin);
  }

  /** Counts one more attempt to explain an anchor and returns how many there were. */
  attempted({ origin, size, root }: AnchoredHead): number {
    const row = this.#database
      .prepare(
        'UPDATE log_anchors SET attempts = attempts + 1 WHERE origin = ? AND size = ? AND root = ? RETURNING attempts',
      )
      .get<{ attempts: number }>(origin, size, root);
    return row?.attempts ?? 0;
  }

  /** The newest anchor of an origin that agrees with what is mirrored here; undefined when there is none. */
  newest(origin: string): AnchoredHead | undefined {
    return this.list(origin, 'agrees').at(-1);
  }
}

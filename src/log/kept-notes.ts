import type { Database } from '../database/index.ts';

/** A signed note that is kept beside a log, and what its row says of it. */
export interface KeptNote {
  readonly origin: string;
  /** `cosigned`: an own checkpoint with its quorum; `witnessed`: as its owner signed it; `anchored`: as it is on the ledger. */
  readonly kind: 'cosigned' | 'witnessed' | 'anchored';
  readonly size: number;
  /** Root beside the note, where one is kept. */
  readonly root: Uint8Array | null;
  /** Version of the policy whose quorum it has, where that is known. */
  readonly policy: number | null;
  readonly note: string;
}

/** Every signed note in a database that was opened with `logMigrations`: for checks. Writes nothing. */
export function keptNotes(database: Database): KeptNote[] {
  return database
    .prepare(
      `SELECT origin, 'cosigned' AS kind, log_cosigned.size, NULL AS root, policy, note FROM log_cosigned JOIN log_trees USING (tree)
       UNION ALL
       SELECT origin, 'witnessed', log_witnessed.size, root, NULL, note FROM log_witnessed JOIN log_trees USING (tree)
       UNION ALL
       SELECT origin, 'anchored', size, root, NULL, note FROM log_anchors`,
    )
    .all<KeptNote>();
}

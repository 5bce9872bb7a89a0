import type { Database } from '../database/index.ts';
import { EntryStore } from './entry-store.ts';
import { recoveredRanges } from './recovery.ts';
import { TILE_WIDTH } from './tile-path.ts';

/** A log as it lies in a database, own or mirrored: for checks and backups, without a key or a network. */
export interface StoredLog {
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  /** An entry, 32 bytes; undefined beyond the last. Neighbours are read together: ask in order. */
  entry(leaf: number): Uint8Array | undefined;
  /** Leaves that came back from mirrors, whose openings are lost; `beyond` is one past the last. */
  readonly recovered: readonly { readonly first: number; readonly beyond: number }[];
}

/** Every log in a database that was opened with `logMigrations`. Writes nothing. */
export function storedLogs(database: Database): StoredLog[] {
  return database
    .prepare('SELECT tree, origin FROM log_trees ORDER BY tree')
    .all<{ tree: number; origin: string }>()
    .map(({ tree, origin }) => ({
      ...storedLog(new EntryStore(database, tree), origin),
      recovered: recoveredRanges(database, tree),
    }));
}

function storedLog(entries: EntryStore, origin: string): Omit<StoredLog, 'recovered'> {
  let first = -1;
  let bundle: readonly Uint8Array[] = [];
  return {
    origin,
    size: entries.size(),
    entry(leaf) {
      const wanted = leaf - (leaf % TILE_WIDTH);
      if (wanted !== first) {
        bundle = entries.range(wanted, wanted + TILE_WIDTH);
        first = wanted;
      }
      return bundle[leaf - first];
    },
  };
}

import type { Database } from '../database/index.ts';
import { equalBytes } from '../proof/index.ts';
import type { Step } from './catch-up.ts';
import { LogError } from './errors.ts';
import type { TiledTree } from './tiled-tree.ts';

/** Leaves that came back from the members' mirrors. The log proves them as before; their openings are lost. */
export interface Recovery {
  readonly first: number;
  /** One past the last. */
  readonly beyond: number;
  /**
   * Entries that were appended after the old backup had been restored and had never been signed: those from `from` on now
   * start at `to`. Whoever keeps leaf numbers of them must follow.
   */
  readonly moved?: { readonly from: number; readonly beyond: number; readonly to: number };
}

/**
 * Told of a recovery inside the transaction that stores it, so that leaf numbers and a `recovery` event change together
 * with the log. What it throws undoes the step.
 */
export type OnRecovered = (recovery: Recovery) => void;

/**
 * Takes over a verified step of this log's own entries, as another member mirrored them. Equal entries stay; where the own
 * ones end or differ, the mirrored ones are put in and the own ones after them. Returns what was recovered, undefined when
 * nothing was missing. Throws `unrelocated-tail` when entries would move and nobody follows them.
 */
export function applyRecoveryStep(
  database: Database,
  tree: TiledTree,
  step: Step,
  onRecovered: OnRecovered | undefined,
): Recovery | undefined {
  const from = tree.size;
  const recovery = database.transaction(() => {
    const own = tree.entries.range(from, Math.max(from, tree.entries.size()));
    const common = commonPrefix(own, step.entries);
    tree.store(step.growth);
    if (common === step.entries.length) return undefined;
    const tail = own.slice(common);
    if (tail.length > 0 && onRecovered === undefined) throw unrelocated();
    tree.entries.truncate(from + common);
    tree.entries.append(step.entries.slice(common));
    tree.entries.append(tail);
    const found: Recovery = {
      first: from + common,
      beyond: step.growth.size,
      ...(tail.length > 0 && {
        moved: { from: from + common, beyond: from + own.length, to: step.growth.size },
      }),
    };
    remember(database, tree.tree, found);
    onRecovered?.(found);
    return found;
  });
  tree.adopt(step.growth);
  return recovery;
}

/** The leaf ranges that were ever recovered, in order, neighbours joined. */
export function recoveredRanges(database: Database, tree: number): { first: number; beyond: number }[] {
  return database
    .prepare('SELECT first, beyond FROM log_recovered WHERE tree = ? ORDER BY first')
    .all<{ first: number; beyond: number }>(tree)
    .map((row) => ({ ...row }));
}

function remember(database: Database, tree: number, { first, beyond }: Recovery): void {
  const { changes } = database
    .prepare('UPDATE log_recovered SET beyond = ? WHERE tree = ? AND beyond = ?')
    .run(beyond, tree, first);
  if (changes > 0) return;
  database
    .prepare('INSERT INTO log_recovered (tree, first, beyond) VALUES (?, ?, ?)')
    .run(tree, first, beyond);
}

function commonPrefix(own: readonly Uint8Array[], mirrored: readonly Uint8Array[]): number {
  let count = 0;
  for (const entry of mirrored) {
    const held = own[count];
    if (held === undefined || !equalBytes(held, entry)) break;
    count += 1;
  }
  return count;
}

function unrelocated(): LogError {
  return new LogError(
    'unrelocated-tail',
    'Entries were appended after an old backup was restored, and nobody takes their new leaf numbers.',
  );
}

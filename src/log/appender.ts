import assert from 'node:assert/strict';
import type { Database } from '../database/index.ts';
import { EntryStore } from './entry-store.ts';

/**
 * Appends to a log through a connection of one's own, as `OrganisationLog.append` does through the log's: for a thread
 * that commits. The log was opened before.
 */
export function appenderOf(
  database: Database,
  origin: string,
): (commitments: readonly Uint8Array[]) => number {
  const row = database.prepare('SELECT tree FROM log_trees WHERE origin = ?').get<{ tree: number }>(origin);
  assert.ok(row !== undefined, 'a log is opened before another connection appends to it');
  const entries = new EntryStore(database, row.tree);
  return (commitments) => entries.append(commitments);
}

import type { Database } from '../../database/index.ts';
import {
  blockEntryBytes,
  CompactRange,
  equalBytes,
  fromUtf8,
  leafHash,
  ProofError,
  parseSignedCheckpoint,
  toHex,
  utf8,
} from '../../proof/index.ts';
import type { Block } from '../ledger.ts';

/** What can be wrong with a member's ledger log. */
export type LedgerLogProblemCode =
  /** An entry is not the block at its height. */
  | 'ledger-log-entry'
  /** The index of transactions does not agree with the blocks. */
  | 'ledger-log-index'
  /** A stored hash is not what the entries give. */
  | 'ledger-log-node'
  /** The signed checkpoint is of another tree. */
  | 'ledger-log-checkpoint';

/** One finding. */
export interface LedgerLogProblem {
  readonly code: LedgerLogProblemCode;
  readonly height: number;
}

/**
 * Compares a member's ledger log with the blocks it follows from. A log that is behind the ledger is sound: it catches up.
 * Writes nothing; stops at the first entry that is wrong, since everything above depends on it.
 */
export function checkLedgerLog(database: Database, blocks: Iterable<Block>): LedgerLogProblem[] {
  const rows = database
    .prepare('SELECT height, text FROM entry ORDER BY height')
    .all<{ height: number; text: string }>();
  const range = new CompactRange();
  const problems: LedgerLogProblem[] = [];
  const signed = signedCheckpoint(database, problems);
  for (const { height: stored, hash, previous, transactions } of blocks) {
    const height = Number(stored);
    const row = rows[height];
    if (row === undefined) break;
    const text = fromUtf8(blockEntryBytes({ height, hash, previous, transactions }));
    if (row.height !== height || row.text !== text)
      return [...problems, { code: 'ledger-log-entry', height }];
    for (const [level, node] of range.append(leafHash(utf8(text))).entries()) {
      if (nodeOf(database, level, Math.floor(height / 2 ** level)) !== toHex(node))
        problems.push({ code: 'ledger-log-node', height });
    }
    if (transactions.some(({ id }) => heightOf(database, id) !== height))
      problems.push({ code: 'ledger-log-index', height });
    if (signed?.size === range.size && !equalBytes(signed.root, range.root()))
      problems.push({ code: 'ledger-log-checkpoint', height });
  }
  if (rows.length > range.size) problems.push({ code: 'ledger-log-entry', height: range.size });
  return problems;
}

function signedCheckpoint(
  database: Database,
  problems: LedgerLogProblem[],
): { size: number; root: Uint8Array } | undefined {
  const row = database
    .prepare('SELECT size, note FROM signed_checkpoint')
    .get<{ size: number; note: string }>();
  if (row === undefined) return undefined;
  try {
    const { size, root } = parseSignedCheckpoint(row.note).checkpoint;
    if (Number(size) === row.size) return { size: row.size, root };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
  }
  problems.push({ code: 'ledger-log-checkpoint', height: row.size - 1 });
  return undefined;
}

function nodeOf(database: Database, level: number, position: number): string | undefined {
  const row = database
    .prepare('SELECT hash FROM node WHERE level = ? AND position = ?')
    .get<{ hash: Uint8Array }>(level, position);
  return row === undefined ? undefined : toHex(row.hash);
}

function heightOf(database: Database, transaction: string): number | undefined {
  return database
    .prepare('SELECT height FROM entry_transaction WHERE id = ?')
    .get<{ height: number }>(transaction)?.height;
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerError, parseSignedContinuation, type SignedContinuation } from '../../ledger/index.ts';
import { NodeError } from '../errors.ts';

/** The file in a data folder that says where its ledger goes on: nothing is written there any more. */
const MIGRATION_FILE = 'migration.json';
const OWNER_ONLY = 0o600; // as every file of a data folder

const schema = z.strictObject({
  v: z.literal(1),
  /** Id of the ledger. */
  ledger: z.string(),
  /** The block that closed it here. */
  closed: z.strictObject({ height: z.number().int().min(0), block: z.string() }),
  /** Folder with the organisations' own data folders. */
  to: z.string(),
  /** Folder of the network on which it goes on. */
  network: z.string(),
  /** What the members signed; absent before. */
  continuation: z.unknown().optional(),
});

/** Where a data folder's ledger goes on, and with which statement. */
export interface MigrationRecord extends Omit<z.infer<typeof schema>, 'continuation'> {
  readonly continuation?: SignedContinuation;
}

/** What a data folder says of its migration; undefined when there is none. Throws NodeError `input-unusable`. */
export function readMigration(data: string): MigrationRecord | undefined {
  const path = join(data, MIGRATION_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const { continuation, ...record } = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return {
      ...record,
      ...(continuation === undefined ? {} : { continuation: parseSignedContinuation(continuation) }),
    };
  } catch (cause) {
    const isUnreadable =
      cause instanceof SyntaxError || cause instanceof LedgerError || cause instanceof z.ZodError;
    if (!isUnreadable) throw cause;
    throw new NodeError('input-unusable', `${MIGRATION_FILE} cannot be read: put it back.`, { cause });
  }
}

/** Writes it down before it is done: the members sign one continuation, whatever this is interrupted by. */
export function writeMigration(data: string, record: MigrationRecord): void {
  const path = join(data, MIGRATION_FILE);
  writeFileSync(`${path}.partial`, `${JSON.stringify(record)}\n`, { mode: OWNER_ONLY, flush: true });
  renameSync(`${path}.partial`, path);
}

/** Throws NodeError `ledger-migrated` when the folder's ledger goes on elsewhere: its logs would get two continuations. */
export function requireNotMigrated(data: string): void {
  const record = readMigration(data);
  if (record === undefined) return;
  throw new NodeError(
    'ledger-migrated',
    `The ledger of this folder was closed at height ${record.closed.height} and goes on in ${record.to}: start the nodes there, or run "holdfast ledger migrate" again to finish.`,
  );
}

import { CommanderError } from 'commander';
import type { DatabaseErrorCode } from '../database/index.ts';
import type { NetworkErrorCode } from '../ledger/index.ts';
import type { NodeErrorCode } from '../node/index.ts';
import type { VaultErrorCode } from '../vault/index.ts';
import { CliError, EXIT, type ExitCode } from './exit-code.ts';

/** How a verb ended that could not do its work. */
export interface Failure {
  readonly exit: ExitCode;
  /** Stable, for scripts. */
  readonly code: string;
  /** A sentence that says what to do. */
  readonly message: string;
}

const VAULT_EXITS: Partial<Record<VaultErrorCode, ExitCode>> = {
  'sealed-key-missing': EXIT.unusable,
  malformed: EXIT.unusable,
  'not-found': EXIT.unusable,
  damaged: EXIT.found,
  retained: EXIT.found,
  erased: EXIT.found,
};

const DATABASE_EXITS: Record<DatabaseErrorCode, ExitCode> = {
  corrupt: EXIT.found,
  'newer-schema': EXIT.unusable,
  full: EXIT.unavailable,
  locked: EXIT.unavailable,
  io: EXIT.unavailable,
};

const NODE_EXITS: Record<NodeErrorCode, ExitCode> = {
  'configuration-invalid': EXIT.unusable,
  'not-initialised': EXIT.unusable,
  'already-initialised': EXIT.unusable,
  'data-folder-busy': EXIT.unavailable,
  'passphrase-needed': EXIT.unusable,
  'passphrase-wrong': EXIT.unusable,
  'input-unusable': EXIT.unusable,
  'backup-damaged': EXIT.found,
  'keys-missing': EXIT.unusable,
  'founding-refused': EXIT.found,
  'ledger-open': EXIT.found,
  'state-differs': EXIT.found,
  'ledger-migrated': EXIT.unusable,
  'member-missing': EXIT.found,
  'majority-missing': EXIT.found,
  'target-not-empty': EXIT.unusable,
  unavailable: EXIT.unavailable,
};

const NETWORK_EXITS: Partial<Record<NetworkErrorCode, ExitCode>> = {
  'binaries-missing': EXIT.unusable,
  'network-invalid': EXIT.unusable,
  'network-missing': EXIT.unusable,
  'orderers-too-few': EXIT.found,
  'majority-missing': EXIT.found,
  'not-agreed': EXIT.found,
  'block-differs': EXIT.found,
  'update-differs': EXIT.found,
  'snapshots-differ': EXIT.found,
  'hash-differs': EXIT.found,
  'backup-damaged': EXIT.found,
};

/** System errors that speak of the input and not of the machine. */
const INPUT_ERRORS = new Set(['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EPERM', 'ELOOP', 'ENAMETOOLONG']);
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/** One sentence with its beginning and end; a file's name at its beginning stays as it is. */
function sentence(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ');
  const begun = /^[a-z]+ /.test(line) ? line.charAt(0).toUpperCase() + line.slice(1) : line;
  return /[.!?:)]$/.test(begun) ? begun : `${begun}.`;
}

function ofSystem(error: Error, code: string): Failure {
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  if (INPUT_ERRORS.has(code) && path !== undefined) {
    const why = code === 'ENOENT' ? 'is not there' : `cannot be used (${code})`;
    return { exit: EXIT.unusable, code: 'input-unusable', message: `${path} ${why}.` };
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return { exit: EXIT.unavailable, code: 'full', message: 'There is no room left on the disk.' };
  }
  return { exit: EXIT.unavailable, code: 'unavailable', message: `The system refused with ${code}.` };
}

/**
 * Exit codes of the rooms' errors by class name, and the one for codes that are not listed. By name, so that a mistyped
 * verb does not load every room to be told.
 */
const ROOMS: Record<string, readonly [Readonly<Record<string, ExitCode>>, ExitCode]> = {
  NodeError: [NODE_EXITS, EXIT.unavailable],
  DatabaseError: [DATABASE_EXITS, EXIT.unavailable],
  VaultError: [VAULT_EXITS, EXIT.unavailable],
  LedgerError: [{}, EXIT.unavailable],
  NetworkError: [NETWORK_EXITS, EXIT.unavailable],
  LogError: [{}, EXIT.unavailable],
  CryptoError: [{}, EXIT.unusable],
  ProofError: [{}, EXIT.unusable],
  IdentityError: [{}, EXIT.unusable],
};

function exitOf(error: Error, code: string): ExitCode | undefined {
  if (error instanceof CliError) return error.exit;
  if ('reason' in error && error.reason === 'tampered') return EXIT.found;
  const room = ROOMS[error.name];
  return room === undefined ? undefined : (room[0][code] ?? room[1]);
}

/** What any error comes to for whoever ran the verb: never a stack, never the words of an unknown error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const code = error.code === 'commander.unknownCommand' ? 'verb-unknown' : 'usage';
    const message = error.code === 'commander.help' ? 'Name a verb.' : error.message.replace(/^error: /, '');
    return { exit: EXIT.unusable, code, message: sentence(message) };
  }
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    const exit = code === undefined ? undefined : exitOf(error, code);
    if (exit !== undefined && code !== undefined) return { exit, code, message: sentence(error.message) };
    if (code !== undefined && SYSTEM_CODE.test(code)) return ofSystem(error, code);
  }
  const message =
    'Something failed inside holdfast. Run it again with HOLDFAST_LOG=debug and report what it says.';
  return { exit: EXIT.unavailable, code: 'internal', message };
}

/** With HOLDFAST_LOG=debug: where an unknown error came from, without its words, which could quote input. */
export async function tellFault(error: unknown, environment: NodeJS.ProcessEnv): Promise<void> {
  if (environment.HOLDFAST_LOG !== 'debug') return;
  const { createNodeLog } = await import('../node/index.ts');
  createNodeLog('debug').fault(error);
}

import { CommanderError } from 'commander';
import { CryptoError } from '../crypto/index.ts';
import { DatabaseError } from '../database/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { createNodeLog, NodeError } from '../node/index.ts';
import { VaultError } from '../vault/index.ts';
import { CliError, EXIT, type ExitCode } from './exit-code.ts';

/** How a verb ended that could not do its work. */
export interface Failure {
  readonly exit: ExitCode;
  /** Stable, for scripts. */
  readonly code: string;
  /** A sentence that says what to do. */
  readonly message: string;
}

const VAULT_EXITS: Partial<Record<VaultError['code'], ExitCode>> = {
  'sealed-key-missing': EXIT.unusable,
  malformed: EXIT.unusable,
  'not-found': EXIT.unusable,
  damaged: EXIT.found,
  retained: EXIT.found,
  erased: EXIT.found,
};

const DATABASE_EXITS: Record<DatabaseError['code'], ExitCode> = {
  corrupt: EXIT.found,
  'newer-schema': EXIT.unusable,
  full: EXIT.unavailable,
  locked: EXIT.unavailable,
  io: EXIT.unavailable,
};

const NODE_EXITS: Record<NodeError['code'], ExitCode> = {
  'configuration-invalid': EXIT.unusable,
  'not-initialised': EXIT.unusable,
  'already-initialised': EXIT.unusable,
  'data-folder-busy': EXIT.unavailable,
  'passphrase-needed': EXIT.unusable,
  'passphrase-wrong': EXIT.unusable,
  'input-unusable': EXIT.unusable,
  'backup-damaged': EXIT.found,
  'keys-missing': EXIT.unusable,
  unavailable: EXIT.unavailable,
};

/** System errors that speak of the input and not of the machine. */
const INPUT_ERRORS = new Set(['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EPERM', 'ELOOP', 'ENAMETOOLONG']);
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

const sentence = (text: string): string => {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:)]$/.test(upper) ? upper : `${upper}.`;
};

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

function exitOf(error: Error): ExitCode | undefined {
  if (error instanceof CliError) return error.exit;
  if (error instanceof NodeError) return NODE_EXITS[error.code];
  if (error instanceof DatabaseError) return DATABASE_EXITS[error.code];
  if (error instanceof VaultError) return VAULT_EXITS[error.code] ?? EXIT.unavailable;
  if (error instanceof LedgerError) return error.reason === 'tampered' ? EXIT.found : EXIT.unavailable;
  if (error instanceof CryptoError) return EXIT.unusable;
  return undefined;
}

/** What any error comes to for whoever ran the verb: never a stack, never the words of an unknown error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const code = error.code === 'commander.unknownCommand' ? 'verb-unknown' : 'usage';
    const message = error.code === 'commander.help' ? 'Name a verb.' : error.message.replace(/^error: /, '');
    return { exit: EXIT.unusable, code, message: sentence(message) };
  }
  if (error instanceof Error) {
    const exit = exitOf(error);
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    if (exit !== undefined && code !== undefined) return { exit, code, message: sentence(error.message) };
    if (code !== undefined && SYSTEM_CODE.test(code)) return ofSystem(error, code);
  }
  const message =
    'Something failed inside holdfast. Run it again with HOLDFAST_LOG=debug and report what it says.';
  return { exit: EXIT.unavailable, code: 'internal', message };
}

/** With HOLDFAST_LOG=debug: where an unknown error came from, without its words, which could quote input. */
export function tellFault(error: unknown, environment: NodeJS.ProcessEnv): void {
  if (environment.HOLDFAST_LOG === 'debug') createNodeLog('debug').fault(error);
}

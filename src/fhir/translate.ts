import { ConsentError } from '../consent/index.ts';
import { CryptoError } from '../crypto/index.ts';
import { DatabaseError } from '../database/index.ts';
import { IdentityError } from '../identity/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { R4ParseError } from '../r4/index.ts';
import { VaultError } from '../vault/index.ts';
import type { Context } from './context.ts';
import { FhirError } from './errors.ts';

const LEDGER: Record<string, ['conflict' | 'ledger-unavailable', string]> = {
  rejected: ['conflict', 'The ledger refused this'],
  conflict: ['conflict', 'The ledger has another state by now'],
  unavailable: ['ledger-unavailable', 'The ledger cannot be reached'],
  'unknown-outcome': ['ledger-unavailable', 'The ledger has not said yet whether this was done'],
};

function fromVault(error: VaultError): FhirError {
  if (error.code === 'full')
    return new FhirError('storage-full', 'There is no room left to store this: nothing was changed.', {
      cause: error,
    });
  if (error.code === 'version-conflict') return new FhirError('conflict', error.message, { cause: error });
  if (error.code === 'busy') return new FhirError('ledger-unavailable', error.message, { cause: error });
  return new FhirError('internal', 'The server could not do this; the fault was noted.', { cause: error });
}

/** Any error as the refusal a client gets: a fault of ours says nothing about data, and is reported by `onFault`. */
export function asFhirError(error: unknown, context: Pick<Context, 'services' | 'trail'>): FhirError {
  if (error instanceof FhirError) return error;
  if (error instanceof IdentityError) {
    return new FhirError(error.status === 401 ? 'token-invalid' : 'not-permitted', error.message, {
      cause: error,
    });
  }
  if (error instanceof DatabaseError && error.code === 'full') {
    return new FhirError('storage-full', 'There is no room left to store this: nothing was changed.', {
      cause: error,
    });
  }
  if (error instanceof LedgerError) {
    const [code, message] = LEDGER[error.code] ?? ['ledger-unavailable', 'The ledger failed'];
    return new FhirError(code, `${message}.`, { cause: error });
  }
  if (error instanceof ConsentError)
    return new FhirError(error.status === 409 ? 'conflict' : 'invalid', error.message, { cause: error });
  if (error instanceof R4ParseError) return new FhirError('invalid', error.message, { cause: error });
  const translated = error instanceof VaultError ? fromVault(error) : undefined;
  if (translated !== undefined && translated.code !== 'internal') return translated;
  context.services.onFault(error, context.trail.requestId);
  if (error instanceof CryptoError)
    return new FhirError('internal', 'A stored record could not be opened; run "holdfast fsck".', {
      cause: error,
    });
  return (
    translated ??
    new FhirError('internal', 'The server could not do this; the fault was noted.', { cause: error })
  );
}

import { ConsentError } from '../consent/index.ts';
import { CryptoError } from '../crypto/index.ts';
import { DatabaseError } from '../database/index.ts';
import { IdentityError, identityProblem } from '../identity/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { R4ParseError } from '../r4/index.ts';
import { VaultError } from '../vault/index.ts';
import type { Context } from './context.ts';
import { FHIR_REFUSALS, FhirError, type FhirErrorCode } from './errors.ts';

const LEDGER = {
  rejected: ['conflict', 'The ledger refused this.'],
  conflict: ['conflict', 'The ledger has another state by now.'],
  unavailable: ['ledger-unavailable', 'The ledger cannot be reached.'],
  'unknown-outcome': ['ledger-unavailable', 'The ledger has not said yet whether this was done.'],
} as const satisfies Record<LedgerError['code'], readonly [FhirErrorCode, string]>;

/** Vault errors that a client can do something about; the others are faults of ours. */
const VAULT: Partial<Record<VaultError['code'], FhirErrorCode>> = {
  full: 'storage-full',
  'version-conflict': 'conflict',
  busy: 'busy',
  'not-ready': 'view-stale',
  erased: 'erased',
  retained: 'conflict',
  'too-costly': 'too-costly',
  malformed: 'invalid',
};

const IDENTITY: Record<number, FhirErrorCode> = {
  401: 'token-invalid',
  403: 'not-permitted',
  507: 'storage-full',
  503: 'busy',
};
const CONSENT: Record<number, FhirErrorCode> = {
  403: 'not-permitted',
  404: 'not-found',
  409: 'conflict',
  422: 'resource-invalid',
  503: 'ledger-unavailable',
};

const FULL = 'There is no room left to store this: nothing was changed.';
const OURS = 'The server could not do this; the fault was noted.';

/** A Consent that was refused: its own stable code and elements stay visible. */
function fromConsent(error: ConsentError): FhirError {
  const code = CONSENT[error.status] ?? 'invalid';
  const type = FHIR_REFUSALS[code][1];
  const named = error.issues.map(({ expression, message }) => ({
    severity: 'error' as const,
    type,
    code: error.code,
    message,
    expression,
  }));
  const issues =
    named.length > 0
      ? named
      : [{ severity: 'error' as const, type, code: error.code, message: error.message }];
  return new FhirError(code, error.message, { issues, cause: error });
}

function known(cause: unknown): FhirError | undefined {
  if (!(cause instanceof Error)) return undefined;
  if (cause instanceof FhirError) return cause;
  if (cause instanceof IdentityError)
    return new FhirError(IDENTITY[identityProblem(cause)?.status ?? 0] ?? 'invalid', cause.message, {
      cause,
    });
  if (cause instanceof DatabaseError && cause.code === 'full')
    return new FhirError('storage-full', FULL, { cause });
  if (cause instanceof LedgerError) {
    const [code, message] = LEDGER[cause.code];
    return new FhirError(code, message, { cause });
  }
  if (cause instanceof ConsentError) return fromConsent(cause);
  if (cause instanceof R4ParseError) return new FhirError('invalid', cause.message, { cause });
  if (!(cause instanceof VaultError)) return undefined;
  const code = VAULT[cause.code];
  return code === undefined
    ? undefined
    : new FhirError(code, code === 'storage-full' ? FULL : cause.message, { cause });
}

/** Any error as the refusal a client gets: a fault of ours says nothing about data, and is reported by `onFault`. */
export function asFhirError(error: unknown, context: Pick<Context, 'services' | 'trail'>): FhirError {
  const refusal = known(error);
  if (refusal !== undefined) return refusal;
  context.services.onFault(error, context.trail.requestId);
  return new FhirError(
    'internal',
    error instanceof CryptoError ? 'A stored record could not be opened; run "holdfast fsck".' : OURS,
    { cause: error },
  );
}

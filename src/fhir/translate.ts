import { ConsentError } from '../consent/index.ts';
import { CryptoError } from '../crypto/index.ts';
import { DatabaseError } from '../database/index.ts';
import { type IdentityProblem, identityProblem } from '../identity/index.ts';
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
  'not-found': 'not-found',
  busy: 'busy',
  'not-ready': 'view-stale',
  erased: 'erased',
  retained: 'conflict',
  'too-costly': 'too-costly',
  malformed: 'invalid',
};

const DATABASE: Partial<Record<DatabaseError['code'], FhirErrorCode>> = {
  full: 'storage-full',
  locked: 'unavailable',
};

const PARSE = {
  'invalid-json': 'not-json',
  'duplicate-name': 'invalid',
  'too-large': 'too-large',
  'not-a-resource': 'invalid',
  'unknown-resource-type': 'unknown-type',
} as const satisfies Record<R4ParseError['code'], FhirErrorCode>;

/** By HTTP status: rooms that serve routes of their own have settled it already. */
const STATUS: Record<number, FhirErrorCode> = {
  401: 'token-invalid',
  403: 'not-permitted',
  404: 'not-found',
  409: 'conflict',
  413: 'too-large',
  422: 'resource-invalid',
  429: 'too-many-requests',
  503: 'unavailable',
  507: 'storage-full',
};

const FULL = 'There is no room left to store this: nothing was changed.';
const OURS = 'The server could not do this; the fault was noted.';
const UNREADABLE = 'A stored record could not be opened; run "holdfast fsck".';

function fromIdentity({ status, code: stable, detail, headers }: IdentityProblem, cause: unknown): FhirError {
  const code = STATUS[status] ?? 'invalid';
  return new FhirError(code, detail, { stable, headers, cause });
}

/** A Consent that was refused: its own stable code and elements stay visible. */
function fromConsent(cause: ConsentError): FhirError {
  const { status, code: stable, message, headers } = cause;
  const code = STATUS[status] ?? 'invalid';
  const issues = cause.issues.map((issue) => ({
    severity: 'error' as const,
    type: FHIR_REFUSALS[code][1],
    code: stable,
    message: issue.message,
    expression: issue.expression,
  }));
  const when = headers === undefined ? {} : { headers };
  return new FhirError(code, message, { stable, cause, ...when, ...(issues.length === 0 ? {} : { issues }) });
}

/** A text that is no resource, naming the element at fault where there is one. */
export function fromParse(cause: R4ParseError): FhirError {
  const { message, expression } = cause;
  return new FhirError(PARSE[cause.code], message, { cause, ...(expression === '' ? {} : { expression }) });
}

function fromStorage(code: FhirErrorCode, cause: Error): FhirError {
  return new FhirError(code, code === 'storage-full' ? FULL : cause.message, { cause });
}

function known(cause: unknown): FhirError | undefined {
  if (cause instanceof FhirError) return cause;
  if (cause instanceof R4ParseError) return fromParse(cause);
  if (cause instanceof ConsentError) return fromConsent(cause);
  if (cause instanceof LedgerError) {
    const [code, message] = LEDGER[cause.code];
    return new FhirError(code, message, { cause });
  }
  if (cause instanceof VaultError) {
    const code = VAULT[cause.code];
    return code === undefined ? undefined : fromStorage(code, cause);
  }
  if (cause instanceof DatabaseError) {
    const code = DATABASE[cause.code];
    return code === undefined ? undefined : fromStorage(code, cause);
  }
  const problem = identityProblem(cause);
  return problem === undefined || problem.status === 500 ? undefined : fromIdentity(problem, cause);
}

/** Any error as the refusal a client gets: a fault of ours says nothing about data, and is reported by `onFault`. */
export function asFhirError(
  error: unknown,
  { services, trail }: Pick<Context, 'services' | 'trail'>,
): FhirError {
  const refusal = known(error);
  if (refusal !== undefined) return refusal;
  services.onFault(error, trail.requestId);
  const unreadable =
    error instanceof CryptoError ||
    (error instanceof VaultError && (error.code === 'damaged' || error.code === 'sealed-key-missing'));
  const unavailable = error instanceof VaultError && error.code === 'unavailable';
  return new FhirError(unavailable ? 'unavailable' : 'internal', unreadable ? UNREADABLE : OURS, {
    cause: error,
  });
}

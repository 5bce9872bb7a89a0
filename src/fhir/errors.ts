/** Stable codes of refusals on FHIR routes; each has one HTTP status and one FHIR issue type. */
export const FHIR_REFUSALS = {
  'not-json': [400, 'structure'],
  invalid: [400, 'invalid'],
  'search-unsupported': [400, 'not-supported'],
  'search-invalid': [400, 'invalid'],
  'reference-unresolved': [400, 'not-found'],
  'resource-invalid': [422, 'invariant'],
  'id-mismatch': [400, 'value'],
  'type-mismatch': [400, 'value'],
  'page-expired': [410, 'expired'],
  'position-expired': [410, 'expired'],
  'too-many-streams': [429, 'throttled'],
  'too-many-requests': [429, 'throttled'],
  'not-permitted': [403, 'forbidden'],
  'not-found': [404, 'not-found'],
  'unknown-type': [404, 'not-supported'],
  'unknown-operation': [404, 'not-supported'],
  gone: [410, 'deleted'],
  'method-not-allowed': [405, 'not-supported'],
  'not-acceptable': [406, 'not-supported'],
  conflict: [409, 'conflict'],
  'precondition-failed': [412, 'conflict'],
  'multiple-matches': [412, 'multiple-matches'],
  'too-large': [413, 'too-long'],
  'unsupported-media-type': [415, 'not-supported'],
  'too-costly': [403, 'too-costly'],
  'view-stale': [503, 'transient'],
  busy: [503, 'throttled'],
  unavailable: [503, 'transient'],
  erased: [410, 'deleted'],
  'ledger-unavailable': [503, 'transient'],
  'storage-full': [507, 'no-store'],
  'token-invalid': [401, 'login'],
  internal: [500, 'exception'],
} as const satisfies Record<string, readonly [number, string]>;

/** A refusal's stable code. */
export type FhirErrorCode = keyof typeof FHIR_REFUSALS;

/** One issue of an OperationOutcome, with the FHIRPath of the element at fault where there is one. */
export interface OutcomeIssue {
  severity: 'fatal' | 'error' | 'warning' | 'information';
  /** FHIR IssueType. */
  type: string;
  /** The product's stable code, in `details.coding`. */
  code: string;
  message: string;
  expression?: string;
  /** Where the specification says so. */
  clause?: string;
}

/** What a refusal carries beside its code and sentence. */
export interface RefusalDetail {
  readonly expression?: string;
  /** The stable code of the room that refused, where that says more than `code`. */
  readonly stable?: string;
  /** In place of the one issue that code and sentence make. */
  readonly issues?: readonly OutcomeIssue[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Seconds after which a refusal that passes by itself is worth another try. */
const RETRY_AFTER = { 'retry-after': '1' };

/** A refusal on a FHIR route: becomes an OperationOutcome with the status of its code. */
export class FhirError extends Error {
  readonly code: FhirErrorCode;
  /** The stable code that clients branch on and AuditEvents hold; `code` unless another room refused. */
  readonly stable: string;
  readonly issues: readonly OutcomeIssue[];
  /** Headers of the answer: challenges, Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: FhirErrorCode, message: string, detail: RefusalDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'FhirError';
    this.code = code;
    const [status, type] = FHIR_REFUSALS[code];
    this.stable = detail.stable ?? code;
    const own: OutcomeIssue = { severity: 'error', type, code: this.stable, message };
    if (detail.expression !== undefined) own.expression = detail.expression;
    this.issues = detail.issues ?? [own];
    this.headers = detail.headers ?? (status === 503 || status === 429 ? RETRY_AFTER : {});
  }

  /** HTTP status of the answer. */
  get status(): number {
    return FHIR_REFUSALS[this.code][0];
  }
}

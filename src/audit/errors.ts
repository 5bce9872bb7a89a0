/** Stable codes of refusals by the audit room, each with its HTTP status. */
const REFUSALS = {
  /** A query parameter or a member of the body is not of its form. */
  malformed: 400,
  /** The token does not allow this. */
  'not-permitted': 403,
  /** There is no such thing, or it is not the asker's to see. */
  'not-found': 404,
  /** What is asked for does not follow from where the request stands. */
  'out-of-order': 409,
  /** A legal deadline has passed. */
  'too-late': 409,
  /** Something else stands where this would be written. */
  occupied: 409,
  /** A rule or a hold forbids it. */
  retained: 409,
  /** More than one answer holds. */
  'too-large': 413,
  /** Another one is being made for the same organisation. */
  'export-under-way': 429,
  /** Somebody has as many records open in emergencies as anybody may. */
  'too-many-open': 429,
  /** No cosigned checkpoint covers it yet. */
  'not-covered': 503,
} as const satisfies Record<string, number>;

/** A refusal's stable code. */
export type AuditErrorCode = keyof typeof REFUSALS;

/** Refusal by the audit room: a stable `code` and a sentence that says what to do. */
export class AuditError extends Error {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string) {
    super(message);
    this.name = 'AuditError';
    this.code = code;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return REFUSALS[this.code];
  }
}

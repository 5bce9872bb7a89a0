/** Stable codes of refusals by the audit room, each with its HTTP status. */
const REFUSALS = {
  /** A query parameter is not of its form. */
  malformed: 400,
  /** The token does not allow this. */
  'not-permitted': 403,
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

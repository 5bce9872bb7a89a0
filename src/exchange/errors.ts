/** Stable codes of refusals in exchange, with their HTTP status. */
export const EXCHANGE_REFUSALS = {
  'signature-missing': 401,
  'signature-invalid': 401,
  'clock-skew': 401,
  replayed: 401,
  'digest-mismatch': 400,
  malformed: 400,
  'not-sealed': 400,
  'not-permitted': 403,
  'not-found': 404,
  /** The locator is with another patient already. */
  'already-attached': 409,
  'too-large': 413,
  'proof-failed': 502,
  stale: 503,
  unavailable: 503,
  'storage-full': 507,
} as const;

/** Why an exchange with another member did not happen. */
export type ExchangeErrorCode = keyof typeof EXCHANGE_REFUSALS;

/** An exchange that was refused or failed; nothing was released. */
export class ExchangeError extends Error {
  readonly code: ExchangeErrorCode;
  /** Patients here that the asker was guessing at: for the trail, never for the answer. */
  readonly guessed: readonly string[];

  constructor(code: ExchangeErrorCode, message: string, cause?: unknown, guessed: readonly string[] = []) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ExchangeError';
    this.code = code;
    this.guessed = guessed;
  }

  /** HTTP status of the refusal. */
  get status(): number {
    return EXCHANGE_REFUSALS[this.code];
  }
}

/** The one refusal of a release, whatever is not there or not permitted: nothing is told by it. */
export const notPermitted = (guessed: readonly string[] = []): ExchangeError =>
  new ExchangeError('not-permitted', 'Nothing here is permitted to you.', undefined, guessed);

/** RFC 9457 problem details of a refusal, as JSON text. */
export function problemText(status: number, code: string, detail: string): string {
  return JSON.stringify({
    type: `urn:holdfast:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    code,
    detail,
  });
}

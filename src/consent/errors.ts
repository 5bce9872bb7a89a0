/** Stable codes of refusals by the consent room. */
export type ConsentErrorCode =
  /** The body is not of the form that FORMATS §5 gives. */
  | 'malformed'
  /** The Consent says something that this version cannot enforce; `issues` name the elements. */
  | 'consent-unsupported'
  /** The Consent's text is not what the signed statement commits to. */
  | 'statement-mismatch'
  /** The Consent speaks of another patient than the request. */
  | 'patient-mismatch'
  /** No such patient here, or not one the asker may act for; both answer alike. */
  | 'patient-unknown'
  /** The signature by the consent's key does not verify. */
  | 'signature-invalid'
  /** The enrolment is not signed by a key enrolled for that patient. */
  | 'enrolment-invalid'
  /** A link names no member, or its signature does not verify. */
  | 'link-invalid'
  /** The ledger expects another sequence, or holds other content under this one. */
  | 'sequence-conflict'
  /** The consent was revoked; nothing more is accepted under its id. */
  | 'consent-revoked'
  /** No such consent, or not one the asker may see; both answer alike. */
  | 'consent-unknown'
  /** A consent that a patient signed cannot be changed through FHIR. */
  | 'consent-patient-signed'
  /** FHIR id of a Consent that is not 32 lower-case hexadecimal digits. */
  | 'consent-id'
  /** A Consent inside a transaction Bundle: its ledger part cannot roll back. */
  | 'consent-in-transaction'
  /** Only the custodian's node may do this. */
  | 'not-custodian'
  /** The token does not allow this. */
  | 'not-permitted'
  /** The ledger refused for the reason in the message. */
  | 'ledger-rejected'
  /** The ledger cannot be reached and this cannot wait for it. */
  | 'ledger-unavailable';

/** One reason why a Consent was refused: the FHIRPath of the element, and what is wrong with it. */
export interface ConsentIssue {
  readonly expression: string;
  readonly code:
    | 'unsupported'
    | 'invalid'
    | 'missing'
    | 'contradiction'
    | 'too-many-provisions'
    | 'too-deep'
    | 'too-many-criteria';
  readonly message: string;
}

/** Refusal by the consent room: a stable `code`, a sentence that says what to do, and the elements at fault. */
export class ConsentError extends Error {
  readonly code: ConsentErrorCode;
  readonly issues: readonly ConsentIssue[];

  constructor(
    code: ConsentErrorCode,
    message: string,
    detail: { issues?: readonly ConsentIssue[]; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'ConsentError';
    this.code = code;
    this.issues = detail.issues ?? [];
  }
}

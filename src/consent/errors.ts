/** Stable codes of refusals by the consent room, each with its HTTP status. */
const CONSENT_REFUSALS = {
  /** The body is not of the form that FORMATS §5 gives. */
  malformed: 400,
  /** The token does not allow this. */
  'not-permitted': 403,
  /** No such patient here, or not one the asker may act for: both answer alike. */
  'patient-unknown': 404,
  /** No such consent, or not one the asker may see: both answer alike. */
  'consent-unknown': 404,
  /** The resource is not valid FHIR R4, or says something that cannot be enforced; `issues` name the elements. */
  'consent-unsupported': 422,
  /** The Consent speaks of another patient than the request. */
  'patient-mismatch': 422,
  /** The signature by the consent's key does not verify. */
  'signature-invalid': 403,
  /** The enrolment is not signed by a key enrolled for that patient. */
  'enrolment-invalid': 403,
  /** A link or an actor names no member, or the link's signature does not verify. */
  'link-invalid': 422,
  /** The ledger expects another sequence, or holds other content under this one. */
  'sequence-conflict': 409,
  /** As many grants of the patient wait for the ledger as may. */
  'too-many-grants': 429,
  /** The consent was revoked; nothing more is accepted under its id. */
  'consent-revoked': 409,
  /** A consent that a patient signed cannot be changed through FHIR. */
  'consent-patient-signed': 409,
  /** FHIR id of a Consent that is not 32 lower-case hexadecimal digits. */
  'consent-id': 400,
  /** Only the custodian's node may do this. */
  'not-custodian': 403,
  /** The old key can still veto the new one. */
  'too-early': 409,
  /** The ledger refused for the reason in the message. */
  'ledger-rejected': 422,
} as const satisfies Record<string, number>;

/** A refusal's stable code. */
export type ConsentErrorCode = keyof typeof CONSENT_REFUSALS;

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

const TOO_MANY_REQUESTS = 429; // RFC 6585 §4
/** When to ask again for what waits for the ledger. */
const AFTER_BLOCKS = { 'retry-after': '10' }; // a ledger that works has finished by then

/** What a refusal says beside its code and sentence. */
interface ConsentErrorDetail {
  readonly issues?: readonly ConsentIssue[];
  readonly nextSequence?: number;
  readonly cause?: unknown;
}

/** Refusal by the consent room: a stable `code`, a sentence that says what to do, and the elements at fault. */
export class ConsentError extends Error {
  readonly code: ConsentErrorCode;
  readonly issues: readonly ConsentIssue[];
  /** Of a `sequence-conflict`, where it is known: what to sign instead. */
  readonly nextSequence: number | undefined;

  constructor(code: ConsentErrorCode, message: string, detail: ConsentErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'ConsentError';
    this.code = code;
    this.issues = detail.issues ?? [];
    this.nextSequence = detail.nextSequence;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return CONSENT_REFUSALS[this.code];
  }

  /** Headers of the answer: when to come again, for a refusal that passes by itself. */
  get headers(): Readonly<Record<string, string>> | undefined {
    return this.status === TOO_MANY_REQUESTS ? AFTER_BLOCKS : undefined;
  }
}

import type { Principal } from '../identity/index.ts';

/** What one request turned out to be: the material of its AuditEvent. */
export interface AccessInput {
  /** The organisation that answered. */
  readonly organisation: string;
  /** The server's time of the request. */
  readonly time: Date;
  readonly requestId: string;
  /** Who asked; undefined when nobody was established. */
  readonly principal?: Principal | undefined;
  /** Who claimed to ask when nobody was established: a registered client's id, never free text. */
  readonly agent?: string | undefined;
  /** FHIR audit action: create, read, update, delete, execute. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** FHIR restful-interaction code, or the name of an operation or of another request. */
  readonly subtype: string;
  /** Resource type in the path of a search. */
  readonly type?: string | undefined;
  /** Search parameters used, `name` or `name=value`; what of it is kept, `auditedParameters` says. */
  readonly searched?: readonly string[];
  /** HTTP status of the answer. */
  readonly status: number;
  /** Stable code of a refusal. */
  readonly detail?: string | undefined;
  /** Logical ids of every patient whose data was disclosed or written. */
  readonly patients: readonly string[];
  /** `Type/id` or `Type/id/_history/n` of what was disclosed or written. */
  readonly objects: readonly string[];
  /** Ids of the consents that decisions relied on. */
  readonly consents: readonly string[];
  /** It was read in an emergency while the view of the ledger was older than it may be. */
  readonly isStale?: boolean | undefined;
  /** Why something was withheld, sealed for the privacy officer: base64. */
  readonly withheld?: string | undefined;
  /** What kind of request it was; a FHIR request when left out. */
  readonly kind?: 'access' | 'sign-in' | 'administration' | 'enrolment' | 'consent';
}

import type { DecisionFacts, IndexEntry } from '../r4/index.ts';

/** Everything one request writes: it commits as a whole or not at all. */
export interface Change {
  readonly versions?: readonly VersionWrite[];
  readonly audits?: readonly AuditWrite[];
  readonly events?: readonly EventWrite[];
}

/** A new version of a resource, or its deletion. */
export interface VersionWrite {
  readonly type: string;
  readonly id: string;
  /** The newest version's number and one; 1 for a new resource. */
  readonly version: number;
  /** RFC 3339 UTC with milliseconds; also the event's time. */
  readonly lastUpdated: string;
  /** Canonical JSON; absent for a deletion. */
  readonly text?: string;
  /** Logical ids of the patients whose compartments it is in. */
  readonly patients: readonly string[];
  /** What search finds it by; empty for a deletion. */
  readonly index: readonly IndexEntry[];
  readonly facts: DecisionFacts;
  /** Opaque id of who did it. */
  readonly actor: string;
  /** Follows from the type: `audit` for AuditEvent and Consent, which are sealed under audit keys and outlive clinical erasure. */
  readonly custody?: 'resource' | 'audit';
}

/** The AuditEvent of a request: stored as version 1 of a resource, and committed to by one entry. */
export interface AuditWrite {
  /** 32 random hexadecimal digits; also the id of its event. */
  readonly id: string;
  /** Canonical JSON. */
  readonly text: string;
  readonly index: readonly IndexEntry[];
  /** RFC 3339 UTC with milliseconds: `meta.lastUpdated`. */
  readonly time: string;
  readonly actor: string;
  /** Logical ids of the patients it names. */
  readonly patients: readonly string[];
  /** `fhir.access` when absent. */
  readonly kind?: string;
}

/** An event that is no version and no request, such as a partial release. */
export interface EventWrite {
  /** 32 random hexadecimal digits; made when absent. */
  readonly id?: string;
  readonly kind: string;
  readonly object: string;
  readonly actor: string;
  readonly time: string;
  /** Canonical JSON that the event commits to, kept under the audit key or the data key of the resource it is taken from. */
  readonly content?: { readonly text: string; readonly sourceKey: 'audit' | ResourceName };
}

/** A resource's type and logical id. */
export interface ResourceName {
  readonly type: string;
  readonly id: string;
}

/** Where something that was committed stands in the organisation's log. */
export interface Logged {
  readonly eventId: string;
  readonly object: string;
  readonly leaf: number;
}

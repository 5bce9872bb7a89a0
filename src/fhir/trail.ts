import type { Principal } from '../identity/index.ts';

/** What one request touched, collected while it runs: the material of its AuditEvent. */
export interface Trail {
  readonly requestId: string;
  principal: Principal | undefined;
  /** Logical ids of every patient whose data was disclosed or written. */
  readonly patients: Set<string>;
  /** Ids of the consents that decisions relied on. */
  readonly consents: Set<string>;
  /** `Type/id` or `Type/id/_history/n` of what was disclosed or written. */
  readonly objects: Set<string>;
  /** FHIR audit action: C, R, U, D or E. */
  action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** FHIR restful-interaction code, or the operation's name. */
  subtype: string;
  /** Resource type asked for, where the path names one. */
  type: string | undefined;
  /** Names (never values) of the search parameters used. */
  searched: readonly string[];
  /** True once the entry is part of a committed change. */
  committed: boolean;
}

/** An empty trail for a request. */
export function newTrail(requestId: string): Trail {
  return {
    requestId,
    principal: undefined,
    patients: new Set(),
    consents: new Set(),
    objects: new Set(),
    action: 'E',
    subtype: 'unknown',
    type: undefined,
    searched: [],
    committed: false,
  };
}

import type { Principal } from '../identity/index.ts';
import type { Provision } from './provision.ts';

/** Who asks, for whose data, for what, and when. */
export interface DecisionRequest {
  /** The organisation that holds the data and decides. */
  readonly custodian: string;
  readonly actorOrganisation: string;
  readonly kind: Principal['kind'];
  /** v3 PurposeOfUse codes: any of them may justify the access. */
  readonly purposes: readonly string[];
  readonly nowMs: number;
  /** Logical id of the patient that the token names. */
  readonly patient?: string | undefined;
  /** Logical id of the patient whose data is asked for; absent when the resource belongs to no patient. */
  readonly subject?: string | undefined;
  /** Relative reference of the person who asks, where the custodian knows one. */
  readonly fhirUser?: string | undefined;
}

/** Where a consent stands at this node. */
export type ConsentStatus =
  | 'active'
  /** A revocation is durable here and not yet final: what it permitted is denied, what it denied stays denied. */
  | 'revoking'
  | 'revoked';

/** A Consent ready to decide with. */
export interface CompiledConsent {
  readonly id: string;
  readonly status: ConsentStatus;
  readonly provision: Provision;
  /** Organisations that a permitting provision names as actors, sorted: who is told of the consent. */
  readonly grantees: readonly string[];
}

/** Why a decision fell as it did. */
export type DecisionRule =
  /** A patient asks for their own record (45 CFR 164.524). */
  | 'own-record'
  /** A patient asks for what is not theirs. */
  | 'not-own-record'
  /** The custodian's own people, for a purpose of its policy. */
  | 'organisation-policy'
  /** The custodian's own people, for any other purpose, without a consent. */
  | 'purpose-not-permitted'
  /** The custodian's own people, a resource that belongs to no patient. */
  | 'no-patient'
  | 'permitted-by-consent'
  | 'denied-by-consent'
  /** Another organisation, and no consent permits it. */
  | 'no-consent';

/** The answer to a request, and what it rests on. */
export interface Decision {
  readonly permit: boolean;
  readonly rule: DecisionRule;
  /** Ids of the consents relied on. */
  readonly consents: readonly string[];
  /** The purpose under which it is permitted; absent on refusal and for an own record. */
  readonly purpose?: string;
}

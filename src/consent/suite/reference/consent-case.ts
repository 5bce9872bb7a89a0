import type { Resource } from '../../../r4/index.ts';

/** A FHIR element as it was written. */
export type Json = { readonly [name: string]: unknown };

/** One question to the decision, in nothing but FHIR R4 and words of the standard. */
export interface ConsentCase {
  readonly consents: readonly {
    readonly id: string;
    readonly status: 'active' | 'revoking' | 'revoked';
    readonly resource: Json;
  }[];
  readonly resource: Resource;
  /** What else the custodian holds, by `Type/id`. */
  readonly store: { readonly [reference: string]: Resource };
  /** Id of a profile of law. */
  readonly law: 'none' | 'us' | 'us-ny';
  /** Purposes that the organisation's policy names for its own people. */
  readonly policy: readonly string[];
  readonly request: {
    readonly custodian: string;
    readonly organisation: string;
    readonly kind: 'user' | 'client' | 'member' | 'patient';
    readonly purposes: readonly string[];
    /** RFC 3339. */
    readonly now: string;
    readonly actions: readonly string[];
    readonly subject: string;
    readonly tokenPatient?: string;
    readonly person?: string;
    readonly groups?: readonly string[];
    /** Of these it is not known whether the person belongs to them. */
    readonly unknownGroups?: readonly string[];
    readonly capacities?: readonly string[];
    /** Roles that the person's account has. */
    readonly roles?: readonly string[];
    /** Glass that the person broke. */
    readonly emergency?: {
      readonly patient: string;
      readonly reason: 'medical-emergency' | 'disaster' | 'serious-threat';
      /** RFC 3339. */
      readonly from: string;
      readonly until: string;
    };
    readonly representative?: {
      readonly patient: string;
      readonly relationship: 'parent' | 'guardian' | 'agent';
      /** Birth date of the patient, when known. */
      readonly birth?: string;
      readonly from: string;
      readonly until: string;
    };
  };
}

/** What both evaluators must say alike. */
export interface Verdict {
  readonly outcome: 'permit' | 'redact' | 'deny';
  /** Ids of the consents relied on, sorted. */
  readonly consents: readonly string[];
  readonly purpose?: string;
  readonly redactions: readonly string[];
}

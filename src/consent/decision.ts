import type { Principal } from '../identity/index.ts';
import type { DecisionFacts } from '../r4/index.ts';
import type { Authorisations } from './authorisation.ts';
import type { ConsentAction } from './consent-action.ts';
import type { Emergency } from './emergency.ts';
import { explain } from './explanation.ts';
import { type Obligation, obligationsOf } from './obligation.ts';
import { layerOf, type PolicyLayer } from './policy-layer.ts';
import type { Provision } from './provision.ts';
import type { Representative } from './representative.ts';

/** Who asks, for whose data, for what, and when. */
export interface DecisionRequest {
  /** The organisation that holds the data and decides. */
  readonly custodian: string;
  readonly actorOrganisation: string;
  readonly kind: Principal['kind'];
  /** v3 PurposeOfUse codes, or `system|code` of another system: any of them may justify the access. */
  readonly purposes: readonly string[];
  readonly nowMs: number;
  /** What is done: a rule about any of these speaks of it; `access` when absent. */
  readonly actions?: readonly ConsentAction[] | undefined;
  /** What happens along with it: a denial of any of these speaks of it too, a permission does not. */
  readonly alongside?: readonly ConsentAction[] | undefined;
  /** Logical id of the patient that the token names. */
  readonly patient?: string | undefined;
  /** Logical id of the patient whose data is asked for; absent when the resource belongs to no patient. */
  readonly subject?: string | undefined;
  /** Relative reference of the person who asks, where the custodian knows one. */
  readonly fhirUser?: string | undefined;
  /** Care teams, groups, organisations and roles here that the person belongs to, as references; absent when unknown. */
  readonly groups?: readonly string[] | undefined;
  /** Those here of which it is not known whether the person belongs to them. */
  readonly unknownGroups?: ReadonlySet<string> | undefined;
  /** Roles in which the person asks, as `system|code`, such as a health care power of attorney; absent when unknown. */
  readonly capacities?: readonly string[] | undefined;
  /** The person asks for the patient by right, as parent, guardian or agent. */
  readonly representative?: Representative | undefined;
  /** Roles that the person has here; absent for software, and where software vouches for the person. */
  readonly roles?: readonly string[] | undefined;
  /** Glass that the person broke for the patient; it opens for the purpose BTG only. */
  readonly emergency?: Emergency | undefined;
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
  /** Which special protections it satisfies (42 CFR 2.31, 45 CFR 164.508). */
  readonly authorises: Authorisations;
  /** Resources that a provision names as `related`: what they refer to is part of the rule. */
  readonly related: readonly string[];
  /** It names teams, groups or capacities: who asks must be looked up before it can be applied to them. */
  readonly namesGroups: boolean;
  /** Labels of care that a minor may obtain alone, where a parent signed it: it releases none of that (45 CFR 164.502(g)(3)). */
  readonly withholds?: ReadonlySet<string> | undefined;
}

/** Why a decision fell as it did. */
export type DecisionRule =
  /** A patient asks for their own record (45 CFR 164.524). */
  | 'own-record'
  /** A patient asks for what is not theirs. */
  | 'not-own-record'
  /** A parent, guardian or agent asks for the patient (45 CFR 164.502(g)). */
  | 'representative'
  /** The right to ask for the patient has ended, by age or by its period, or has not begun. */
  | 'representation-ended'
  /** A service that the minor may consent to alone, and the parent does not see (45 CFR 164.502(g)(3)). */
  | 'confidential-service'
  /** The custodian's own people, for a purpose of its policy. */
  | 'organisation-policy'
  /** The custodian's own people, for any other purpose, without a consent. */
  | 'purpose-not-permitted'
  /** The custodian's own people, a resource that belongs to no patient. */
  | 'no-patient'
  /** The policy permits the purpose, but not to this role or not this type (45 CFR 164.502(b)). */
  | 'minimum-necessary'
  /** Somebody broke the glass, and the law lets them (45 CFR 164.522(a)(1)(iii), 42 CFR 2.51). */
  | 'break-glass'
  | 'permitted-by-consent'
  | 'denied-by-consent'
  /** Law protects this data beyond what the policy or the consents at hand permit. */
  | 'protected-by-law'
  /** Another organisation, and no consent permits it. */
  | 'no-consent';

/** A consent and the provision in it that spoke. */
export interface Ground {
  readonly consent: CompiledConsent;
  readonly provision: Provision;
}

const NONE: readonly never[] = [];

/** The answer to a request, and what it rests on. Words and obligations are worked out when they are asked for. */
export class Decision {
  readonly permit: boolean;
  readonly rule: DecisionRule;
  /** The purpose under which it is permitted; absent on refusal and for an own record. */
  readonly purpose: string | undefined;
  /** What spoke for it, or the one provision that denies. */
  readonly grounds: readonly Ground[];
  /** FHIRPaths of the elements that must be left out; with any, `outcome` is `redact`. */
  readonly redactions: readonly string[];
  /** Why those are left out: the refusal of each. */
  readonly withheld: readonly Decision[];
  /** Id of the rule of law that protects the data, when one had a say. */
  readonly law: string | undefined;
  readonly #request: DecisionRequest | undefined;
  readonly #facts: DecisionFacts | undefined;

  constructor(
    rule: DecisionRule,
    permit: boolean,
    detail: {
      readonly purpose?: string | undefined;
      readonly grounds?: readonly Ground[];
      readonly redactions?: readonly string[];
      readonly withheld?: readonly Decision[];
      readonly law?: string | undefined;
    },
    request?: DecisionRequest,
    facts?: DecisionFacts,
  ) {
    this.permit = permit;
    this.rule = rule;
    this.purpose = detail.purpose;
    this.grounds = detail.grounds ?? NONE;
    this.redactions = detail.redactions ?? NONE;
    this.withheld = detail.withheld ?? NONE;
    this.law = detail.law;
    this.#request = request;
    this.#facts = facts;
  }

  /** Whole, in part, or not at all. */
  get outcome(): 'permit' | 'redact' | 'deny' {
    if (!this.permit) return 'deny';
    return this.redactions.length === 0 ? 'permit' : 'redact';
  }

  /** The layer of policy that spoke. */
  get layer(): PolicyLayer {
    return layerOf(this.rule);
  }

  /** Ids of the consents relied on. */
  get consents(): readonly string[] {
    return this.grounds.length === 0 ? NONE : this.grounds.map(({ consent }) => consent.id);
  }

  /** What whoever releases or receives the data must do; empty on refusal. */
  get obligations(): readonly Obligation[] {
    return obligationsOf(this, this.#request, this.#facts);
  }

  /** The reason in words, naming consent and provision where they decide. It says nothing of the resource but what the rule says. */
  get explanation(): string {
    return explain(this, this.#request);
  }
}

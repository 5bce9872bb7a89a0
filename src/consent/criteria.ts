import type { DecisionFacts } from '../r4/index.ts';
import type { DecisionRequest } from './decision.ts';
import { type LabelCriterion, labelsMatch } from './security-label.ts';

/**
 * When a provision applies. An absent member sets no condition; the present ones must all hold, each by any of
 * its values (FHIR R4 §Consent.provision).
 */
export interface Criteria {
  /** Member organisations that may ask. */
  readonly organisations?: ReadonlySet<string>;
  /** People of the custodian, by relative reference such as `Practitioner/12`. */
  readonly people?: ReadonlySet<string>;
  /** v3 PurposeOfUse codes, those below included. */
  readonly purposes?: ReadonlySet<string>;
  /** The provision counts from this instant, in milliseconds since 1970. */
  readonly fromMs?: number;
  /** The provision counts before this instant. */
  readonly untilMs?: number;
  readonly types?: ReadonlySet<string>;
  /** `system|code` of what the resource says it is: its code and its categories. */
  readonly codes?: ReadonlySet<string>;
  readonly labels?: LabelCriterion;
  /** `Type/id`. */
  readonly instances?: ReadonlySet<string>;
}

/** What a provision does when it applies. */
export type Effect = 'permit' | 'deny';

/**
 * Whether the criteria hold for a request made for one `purpose`. Where the request leaves open who asks, a
 * denial is taken to apply and a permission not to.
 */
export function applies(
  criteria: Criteria,
  effect: Effect,
  request: DecisionRequest,
  purpose: string,
  facts: DecisionFacts,
): boolean {
  if (criteria.untilMs !== undefined && request.nowMs >= criteria.untilMs) return false;
  if (criteria.fromMs !== undefined && request.nowMs < criteria.fromMs) return false;
  if (criteria.purposes !== undefined && !criteria.purposes.has(purpose)) return false;
  if (!actorMatches(criteria, effect, request)) return false;
  if (criteria.types !== undefined && !criteria.types.has(facts.type)) return false;
  if (criteria.codes !== undefined && !anyOf(criteria.codes, facts.codes)) return false;
  if (criteria.instances !== undefined && !criteria.instances.has(`${facts.type}/${facts.id}`)) return false;
  return criteria.labels === undefined || labelsMatch(criteria.labels, effect, facts.labels);
}

function anyOf(wanted: ReadonlySet<string>, present: readonly string[]): boolean {
  for (const value of present) if (wanted.has(value)) return true;
  return false;
}

function actorMatches(criteria: Criteria, effect: Effect, request: DecisionRequest): boolean {
  const { organisations, people } = criteria;
  if (organisations === undefined && people === undefined) return true;
  if (organisations?.has(request.actorOrganisation) === true) return true;
  // The people that a Consent names are in the custodian's own directory: nobody else's can be among them.
  if (people === undefined || request.actorOrganisation !== request.custodian) return false;
  // Software that does not say for whom it asks may be asking for the person who is shut out.
  return request.fhirUser === undefined ? effect === 'deny' : people.has(request.fhirUser);
}

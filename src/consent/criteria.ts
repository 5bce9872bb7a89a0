import type { DecisionFacts } from '../r4/index.ts';
import type { DecisionRequest } from './decision.ts';
import { meets, type PurposeSet } from './purpose-of-use.ts';
import { type LabelCriterion, labelsMatch } from './security-label.ts';

/**
 * When a provision applies. Undefined sets no condition; the others must all hold, each by any of its values
 * (FHIR R4 §Consent.provision). Every member is always there: decisions are twice as fast on objects of one form.
 */
export interface Criteria {
  /** Member organisations that may ask. */
  readonly organisations: readonly string[] | undefined;
  /** People of the custodian, by relative reference such as `Practitioner/12`. */
  readonly people: readonly string[] | undefined;
  /** v3 PurposeOfUse codes, those below included. */
  readonly purposes: PurposeSet;
  /** The provision counts from this instant, in milliseconds since 1970. */
  readonly fromMs: number;
  /** The provision counts before this instant. */
  readonly untilMs: number;
  readonly types: readonly string[] | undefined;
  /** `urn:ietf:rfc:3986|` and a canonical URL; beside `types`, either is enough. */
  readonly profiles: readonly string[] | undefined;
  /** `system|code` that stand anywhere in the resource. */
  readonly codes: ReadonlySet<string> | undefined;
  readonly labels: LabelCriterion | undefined;
  /** When what the resource tells of took place, both ends inclusive, in milliseconds since 1970. */
  readonly data: { readonly startMs: number; readonly endMs: number } | undefined;
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
  purpose: PurposeSet,
  facts: DecisionFacts,
): boolean {
  if (!meets(criteria.purposes, purpose)) return false;
  if (request.nowMs >= criteria.untilMs || request.nowMs < criteria.fromMs) return false;
  if (!actorMatches(criteria, effect, request)) return false;
  const { types, profiles, codes, data, labels } = criteria;
  if ((types !== undefined || profiles !== undefined) && !classMatches(criteria, facts)) return false;
  if (codes !== undefined && !facts.codes.some((code) => codes.has(code))) return false;
  if (data !== undefined && !tookPlace(data, effect, facts.period)) return false;
  return labels === undefined || labelsMatch(labels, effect, facts.labels);
}

function classMatches({ types, profiles }: Criteria, facts: DecisionFacts): boolean {
  return (
    types?.includes(facts.type) === true ||
    (profiles !== undefined && facts.classes.some((one) => profiles.includes(one)))
  );
}

/** A permission needs all of the time inside, a denial any of it; a resource that does not say when is denied. */
function tookPlace(
  within: { readonly startMs: number; readonly endMs: number },
  effect: Effect,
  period: DecisionFacts['period'],
): boolean {
  if (period === undefined) return effect === 'deny';
  return effect === 'permit'
    ? period.startMs >= within.startMs && period.endMs <= within.endMs
    : period.startMs <= within.endMs && period.endMs >= within.startMs;
}

function actorMatches(criteria: Criteria, effect: Effect, request: DecisionRequest): boolean {
  const { organisations, people } = criteria;
  if (organisations === undefined && people === undefined) return true;
  if (organisations?.includes(request.actorOrganisation) === true) return true;
  // The people that a Consent names are in the custodian's own directory: nobody else's can be among them.
  if (people === undefined || request.actorOrganisation !== request.custodian) return false;
  // Software that does not say for whom it asks may be asking for the person who is shut out.
  return request.fhirUser === undefined ? effect === 'deny' : people.includes(request.fhirUser);
}

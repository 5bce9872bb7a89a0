import type { Asked } from './asked.ts';
import { type DataCriterion, isMeant } from './data-criterion.ts';
import type { DecisionRequest } from './decision.ts';
import { covers, type PurposeSet } from './purpose-of-use.ts';
import { type LabelCriterion, labelsMatch } from './security-label.ts';

/** An actor who is more than a member organisation: somebody the custodian knows, or anybody in a capacity. */
export interface NamedActor {
  /** Relative reference such as `Practitioner/12` or `CareTeam/3`; absent for a member organisation. */
  readonly reference: string | undefined;
  readonly organisation: string | undefined;
  /** `system|code` of the role in which the actor must ask; undefined when any will do. */
  readonly capacity: string | undefined;
}

/**
 * When a provision applies. Undefined sets no condition; the others must all hold, each by any of its values
 * (FHIR R4 §Consent.provision). Every member is always there: decisions are twice as fast on objects of one form.
 */
export interface Criteria {
  /** Member organisations that may ask. */
  readonly organisations: readonly string[] | undefined;
  /** People, teams and groups of the custodian, and members in a capacity. */
  readonly actors: readonly NamedActor[] | undefined;
  /** Bits of `consentaction`. */
  readonly actions: number;
  /** Purposes of use, those below a named one included. */
  readonly purposes: PurposeSet;
  /** The provision counts from this instant, in milliseconds since 1970. */
  readonly fromMs: number;
  /** The provision counts before this instant. */
  readonly untilMs: number;
  readonly types: readonly string[] | undefined;
  /** `system|code`: profiles as `urn:ietf:rfc:3986|` and a canonical URL, categories, classes; beside `types`, either is enough. */
  readonly kinds: readonly string[] | undefined;
  /** `system|code` that stand anywhere in the resource. */
  readonly codes: ReadonlySet<string> | undefined;
  readonly labels: LabelCriterion | undefined;
  readonly instances: DataCriterion | undefined;
  /** When what the resource tells of took place, both ends inclusive, in milliseconds since 1970. */
  readonly data: { readonly startMs: number; readonly endMs: number } | undefined;
}

/** What a provision does when it applies. */
export type Effect = 'permit' | 'deny';

/**
 * Whether the criteria hold for what is asked under one `purpose`. Where it is left open who asks, a denial is taken to apply
 * and a permission not to.
 */
export function applies(criteria: Criteria, effect: Effect, asked: Asked, purpose: PurposeSet): boolean {
  const { request, facts } = asked;
  if (!covers(criteria.purposes, purpose)) return false;
  if (request.nowMs >= criteria.untilMs || request.nowMs < criteria.fromMs) return false;
  if ((criteria.actions & (effect === 'deny' ? asked.deniable : asked.actions)) === 0) return false;
  if (!actorMatches(criteria, effect, request)) return false;
  const { types, kinds, codes, data, labels, instances } = criteria;
  if ((types !== undefined || kinds !== undefined) && !classMatches(criteria, asked)) return false;
  if (codes !== undefined && !facts.codes.some((code) => codes.has(code))) return false;
  if (data !== undefined && !tookPlace(data.startMs, data.endMs, effect, facts.period)) return false;
  if (instances !== undefined && !isMeant(instances, effect, facts)) return false;
  return labels === undefined || labelsMatch(labels, effect, asked.level, asked.labels);
}

function classMatches({ types, kinds }: Criteria, { facts }: Asked): boolean {
  if (types?.includes(facts.type) === true) return true;
  if (kinds === undefined || kinds.length === 0) return false;
  const isNamed = (one: string) => kinds.includes(one);
  return facts.classes.some(isNamed) || facts.categories.some(isNamed);
}

/** A permission needs all of the time inside, a denial any of it; a resource that does not say when is denied. */
export function tookPlace(
  startMs: number,
  endMs: number,
  effect: Effect,
  period: Asked['facts']['period'],
): boolean {
  if (period === undefined) return effect === 'deny';
  return effect === 'permit'
    ? period.startMs >= startMs && period.endMs <= endMs
    : period.startMs <= endMs && period.endMs >= startMs;
}

function actorMatches(criteria: Criteria, effect: Effect, request: DecisionRequest): boolean {
  const { organisations, actors } = criteria;
  if (organisations === undefined && actors === undefined) return true;
  if (organisations?.includes(request.actorOrganisation) === true) return true;
  return actors?.some((actor) => isActor(actor, effect, request)) === true;
}

function isActor(
  { reference, organisation, capacity }: NamedActor,
  effect: Effect,
  request: DecisionRequest,
): boolean {
  if (reference !== undefined) {
    // The people that a Consent names are in the custodian's own directory: nobody else's can be among them.
    if (request.actorOrganisation !== request.custodian) return false;
    const known = isAsking(reference, request);
    // Software that does not say for whom it asks may be asking for the person who is shut out.
    if (known === false || (known === undefined && effect === 'permit')) return false;
  } else if (organisation !== request.actorOrganisation) return false;
  if (capacity === undefined) return true;
  return request.capacities === undefined ? effect === 'deny' : request.capacities.includes(capacity);
}

/** Whether a person, team or group asks; undefined when the request does not tell. */
function isAsking(
  reference: string,
  { fhirUser, groups, unknownGroups }: DecisionRequest,
): boolean | undefined {
  if (reference === fhirUser || groups?.includes(reference) === true) return true;
  if (fhirUser === undefined || unknownGroups?.has(reference) === true) return undefined;
  const isGroup = /^(CareTeam|Group|Organization|PractitionerRole)\//.test(reference);
  return isGroup && groups === undefined ? undefined : false;
}

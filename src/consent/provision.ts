import type { DecisionFacts } from '../r4/index.ts';
import { applies, type Criteria, type Effect } from './criteria.ts';
import type { DecisionRequest } from './decision.ts';
import type { PurposeSet } from './purpose-of-use.ts';

/** A compiled provision with the exceptions nested in it. */
export interface Provision {
  /** Undefined at a root that only holds exceptions (FHIR R4: `type` is not permitted in the root rule). */
  readonly effect: Effect | undefined;
  /** Own criteria, and the parent's where this provision sets none of that kind. */
  readonly criteria: Criteria;
  readonly exceptions: readonly Provision[];
  /** Every purpose that this provision or one nested in it names, as the two halves of a PurposeSet: outside, it need not be looked at. */
  readonly reachLow: number;
  readonly reachHigh: number;
  /** Every organisation likewise; undefined when anyone may be meant. */
  readonly reachOrganisations: readonly string[] | undefined;
}

/** A provision with its reach worked out. */
export function provisionOf(
  effect: Effect | undefined,
  criteria: Criteria,
  exceptions: readonly Provision[],
): Provision {
  const { purposes, organisations, people } = criteria;
  let { low, high } = purposes;
  let named = people === undefined ? organisations : undefined;
  for (const { reachLow, reachHigh, reachOrganisations } of exceptions) {
    low |= reachLow;
    high |= reachHigh;
    const both =
      named === undefined || reachOrganisations === undefined ? [] : [...named, ...reachOrganisations];
    named = both.length === 0 ? undefined : [...new Set(both)];
  }
  return { effect, criteria, exceptions, reachLow: low, reachHigh: high, reachOrganisations: named };
}

/**
 * What a provision says about a request for one purpose; undefined when it says nothing. Deeper wins over its
 * parent; among exceptions of one parent, deny wins. An exception is looked at even where its parent does not
 * apply: it may speak of data that the parent leaves out (IHE PCF, "focused restricted").
 */
export function evaluate(
  provision: Provision,
  request: DecisionRequest,
  purpose: PurposeSet,
  facts: DecisionFacts,
): Effect | undefined {
  const { effect, criteria, exceptions, reachOrganisations } = provision;
  if (((provision.reachLow & purpose.low) | (provision.reachHigh & purpose.high)) === 0) return undefined;
  if (reachOrganisations?.includes(request.actorOrganisation) === false) return undefined;
  let found: Effect | undefined;
  for (const exception of exceptions) {
    const exceptional = evaluate(exception, request, purpose, facts);
    if (exceptional === 'deny') return 'deny';
    if (exceptional !== undefined) found = exceptional;
  }
  if (found !== undefined || effect === undefined) return found;
  return applies(criteria, effect, request, purpose, facts) ? effect : undefined;
}

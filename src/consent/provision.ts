import type { DecisionFacts } from '../r4/index.ts';
import { applies, type Criteria, type Effect } from './criteria.ts';
import type { DecisionRequest } from './decision.ts';
import { meets, type PurposeSet } from './purpose-of-use.ts';

/** A compiled provision with the exceptions nested in it. */
export interface Provision {
  /** Undefined at a root that only holds exceptions (FHIR R4: `type` is not permitted in the root rule). */
  readonly effect: Effect | undefined;
  /** Own criteria, and the parent's where this provision sets none of that kind. */
  readonly criteria: Criteria;
  readonly exceptions: readonly Provision[];
  /** Every purpose and organisation that this provision or one nested in it names: what lies outside need not be looked at. */
  readonly reach: Reach;
}

/** The outer bounds of a provision; `organisations` is undefined when anyone may be meant. */
export interface Reach {
  readonly purposes: PurposeSet;
  readonly organisations: readonly string[] | undefined;
}

/** A provision with its reach worked out. */
export function provisionOf(
  effect: Effect | undefined,
  criteria: Criteria,
  exceptions: readonly Provision[],
): Provision {
  const { purposes, organisations, people } = criteria;
  const own: Reach = { purposes, organisations: people === undefined ? organisations : undefined };
  const reach = exceptions.reduce<Reach>(
    (outer, { reach: inner }) => ({
      purposes: {
        low: outer.purposes.low | inner.purposes.low,
        high: outer.purposes.high | inner.purposes.high,
      },
      organisations:
        outer.organisations === undefined || inner.organisations === undefined
          ? undefined
          : [...new Set([...outer.organisations, ...inner.organisations])],
    }),
    own,
  );
  return { effect, criteria, exceptions, reach };
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
  const { effect, criteria, exceptions, reach } = provision;
  if (!meets(reach.purposes, purpose)) return undefined;
  if (reach.organisations?.includes(request.actorOrganisation) === false) return undefined;
  let found: Effect | undefined;
  for (const exception of exceptions) {
    const exceptional = evaluate(exception, request, purpose, facts);
    if (exceptional === 'deny') return 'deny';
    if (exceptional !== undefined) found = exceptional;
  }
  if (found !== undefined || effect === undefined) return found;
  return applies(criteria, effect, request, purpose, facts) ? effect : undefined;
}

import type { DecisionFacts } from '../r4/index.ts';
import { applies, type Criteria, type Effect } from './criteria.ts';
import type { DecisionRequest } from './decision.ts';

/** A compiled provision with the exceptions nested in it. */
export interface Provision {
  /** Absent at a root that only holds exceptions (FHIR R4: `type` is not permitted in the root rule). */
  readonly effect?: Effect;
  /** Own criteria, and the parent's where this provision sets none of that kind. */
  readonly criteria: Criteria;
  readonly exceptions: readonly Provision[];
}

/**
 * What a provision says about a request for one purpose; undefined when it says nothing. Deeper wins over its
 * parent; among exceptions of one parent, deny wins. An exception is looked at even where its parent does not
 * apply: it may speak of data that the parent leaves out (IHE PCF, "focused restricted").
 */
export function evaluate(
  provision: Provision,
  request: DecisionRequest,
  purpose: string,
  facts: DecisionFacts,
): Effect | undefined {
  let found: Effect | undefined;
  for (const exception of provision.exceptions) {
    const effect = evaluate(exception, request, purpose, facts);
    if (effect === 'deny') return 'deny';
    if (effect !== undefined) found = effect;
  }
  if (found !== undefined) return found;
  const { effect, criteria } = provision;
  return effect !== undefined && applies(criteria, effect, request, purpose, facts) ? effect : undefined;
}

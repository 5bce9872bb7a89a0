import type { CondensedInvariant } from '../definitions/condensed.ts';
import { compileFhirPath, holds } from '../fhirpath/compile.ts';
import type { Environment, Evaluate } from '../fhirpath/evaluation.ts';
import type { Item } from '../fhirpath/item.ts';
import { CORRECTED_INVARIANTS } from './invariant-correction.ts';

const evaluators = new WeakMap<CondensedInvariant, Evaluate>();

/** True when the invariant holds for the item. */
export function invariantHolds(invariant: CondensedInvariant, item: Item, environment: Environment): boolean {
  let evaluate = evaluators.get(invariant);
  if (evaluate === undefined) {
    evaluate = compileFhirPath(CORRECTED_INVARIANTS.get(invariant.id)?.expression ?? invariant.expression);
    evaluators.set(invariant, evaluate);
  }
  return holds(evaluate, [item], environment);
}

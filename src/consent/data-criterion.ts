import type { DecisionFacts } from '../r4/index.ts';

/** Which resources the `data` of a provision means (FHIR R4 §consent-data-meaning); each set holds `Type/id`. */
export interface DataCriterion {
  /** All that are named, whatever the meaning but `authoredby`: each covers itself. */
  readonly instances: ReadonlySet<string>;
  /** Those named as `dependents`: what refers to them is meant too. */
  readonly dependents: ReadonlySet<string>;
  /** Those named as `related`, with what each refers to: that is meant too. */
  readonly related: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those named as `authoredby`: what they wrote is meant. */
  readonly authors: ReadonlySet<string>;
}

/**
 * Whether a resource is meant. `related` is what the named resource refers to; where it denies, what refers to the named
 * resource counts as well, because IHE PCF and the forms built on it write "not what is related to this encounter" so. Where the
 * references of the resource are not known, a denial is taken to apply and a permission not to.
 */
export function isMeant(data: DataCriterion, effect: 'permit' | 'deny', facts: DecisionFacts): boolean {
  const { instances, dependents, related, authors } = data;
  const { id, references, authors: wrote } = facts;
  if (id === undefined || references === undefined) return effect === 'deny';
  const self = `${facts.type}/${id}`;
  if (instances.has(self)) return true;
  if (authors.size > 0 && wrote?.some((each) => authors.has(each)) === true) return true;
  if (dependents.size > 0 && references.some((each) => dependents.has(each))) return true;
  if (related.size === 0) return false;
  for (const links of related.values()) if (links.has(self)) return true;
  return effect === 'deny' && references.some((each) => related.has(each));
}

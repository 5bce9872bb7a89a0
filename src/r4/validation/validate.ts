import type { Resource } from '../resource.ts';
import { integerFormIssues } from './integer-form.ts';
import type { Issue } from './issue.ts';
import { Walk } from './walk.ts';

/**
 * Everything in which a resource departs from FHIR R4: elements, cardinality, types, primitive values, required bindings,
 * reference targets, contained resources, invariants; resources inside a Bundle and contained ones are checked too. Profiles are not.
 * With the canonical `text` beside it, also integers that were written as decimals. Empty when the resource is valid.
 * Never throws on content.
 */
export function validate(resource: Resource, text?: string): Issue[] {
  const walk = new Walk();
  walk.resource(resource, undefined);
  return text === undefined ? walk.issues : [...walk.issues, ...integerFormIssues(text)];
}

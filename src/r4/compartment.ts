import { loadDefinitions } from './definitions/definitions.ts';
import { compileFhirPath } from './fhirpath/compile.ts';
import type { Evaluate } from './fhirpath/evaluation.ts';
import { resourceItem } from './fhirpath/item.ts';
import { parseReference } from './reference.ts';
import { isObject, type Resource } from './resource.ts';
import { searchParameters } from './search/search-parameter.ts';

const paths = new Map<string, readonly Evaluate[]>();

/**
 * The patients whose compartments a resource is in (R4 CompartmentDefinition/patient): logical ids of relative references
 * to Patient, each once. A Patient is in its own. Empty for a resource of no patient, and when the patient is named only by
 * URL or identifier.
 */
export function compartments(resource: Resource): { patients: string[] } {
  const patients = new Set<string>();
  if (resource.resourceType === 'Patient' && resource.id !== undefined) patients.add(resource.id);
  const item = resourceItem(resource);
  for (const evaluate of pathsOf(resource.resourceType)) {
    for (const { value } of evaluate([item], { resource: item, root: item, context: [item] })) {
      const reference = isObject(value) ? value.reference : undefined;
      if (typeof reference !== 'string') continue;
      const target = parseReference(reference);
      if (target.kind === 'relative' && target.type === 'Patient') patients.add(target.id);
    }
  }
  return { patients: [...patients] };
}

function pathsOf(type: string): readonly Evaluate[] {
  let found = paths.get(type);
  if (found === undefined) {
    const names = loadDefinitions().compartments.get(type) ?? [];
    found = names.flatMap((name) => {
      const parameter = searchParameters(type).get(name);
      return parameter === undefined ? [] : [compileFhirPath(parameter.expression)];
    });
    paths.set(type, found);
  }
  return found;
}

import { loadDefinitions } from '../definitions/definitions.ts';
import type { TypeSchema } from '../definitions/schema.ts';

const STEP =
  /^\(?([A-Z]\w+)((?:\.\w+)+)(?: as Reference\)|\.as\(Reference\)\)?)?(?:\.where\(resolve\(\) is (\w+)\))?$/;

/**
 * The resource types that a reference parameter of one type can lead to: narrower than those it is published with where it
 * is shared by types (`patient` is Patient only on Observation, though published for Patient and Group). Empty when any.
 */
export function referenceTypes(expression: string, published: readonly string[]): readonly string[] {
  const types = new Set<string>();
  for (const term of expression.split(' | ')) {
    const match = STEP.exec(term);
    const found = match === null ? undefined : (match[3] ?? typesAt(match[1] ?? '', match[2] ?? ''));
    if (found === undefined) return published;
    for (const type of typeof found === 'string' ? [found] : found) types.add(type);
  }
  const narrowed = published.filter((type) => types.has(type));
  return narrowed.length > 0 ? narrowed : published;
}

/** The types that the reference at a path may have; undefined when any, or when the path leads to no reference. */
function typesAt(typeName: string, path: string): ReadonlySet<string> | undefined {
  let type: TypeSchema | undefined = loadDefinitions().types.get(typeName);
  let targets: ReadonlySet<string> | undefined;
  for (const step of path.slice(1).split('.')) {
    const candidates: readonly {
      readonly type: TypeSchema;
      readonly targets: ReadonlySet<string> | undefined;
    }[] = type?.named.get(step) ?? [];
    const element = candidates.find((each) => each.type.name === 'Reference') ?? candidates[0];
    type = element?.type;
    targets = element?.targets;
  }
  return type?.name === 'Reference' ? targets : undefined;
}

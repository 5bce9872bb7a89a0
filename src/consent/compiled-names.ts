import { GROUPS } from './compile-actor.ts';
import type { Provision } from './provision.ts';

/** Resources that a provision or one nested in it names as `related`. */
export function relatedOf({ criteria, exceptions }: Provision): string[] {
  return [...(criteria.instances?.related.keys() ?? []), ...exceptions.flatMap(relatedOf)];
}

/** Whether a provision or one nested in it names teams, groups or capacities. */
export function namesGroups({ criteria, exceptions }: Provision): boolean {
  const named = criteria.actors?.some(
    ({ reference, capacity }) =>
      capacity !== undefined || (reference !== undefined && GROUPS.test(reference)),
  );
  return named === true || exceptions.some(namesGroups);
}

/** Teams, groups, organisations and roles that a provision or one nested in it names, each once. */
export function groupsNamed({ criteria, exceptions }: Provision): string[] {
  const own = (criteria.actors ?? []).flatMap(({ reference }) =>
    reference !== undefined && GROUPS.test(reference) ? [reference] : [],
  );
  return [...new Set([...own, ...exceptions.flatMap(groupsNamed)])];
}

import type { LinksOf } from './compile-criteria.ts';
import type { DataCriterion } from './data-criterion.ts';
import { asElement, elementsOf, type Findings, refuse, refuseUnknown } from './element.ts';

/** A resource of this custodian, of any version: a rule about one version would leave the others open. */
const LOCAL = /^([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}$/;

/** The resources that a provision's `data` names; undefined when it names none. */
export function compileData(
  value: unknown,
  path: string,
  findings: Findings,
  linksOf: LinksOf,
): DataCriterion | undefined {
  if (value === undefined) return undefined;
  const instances = new Set<string>();
  const dependents = new Set<string>();
  const authors = new Set<string>();
  const related = new Map<string, ReadonlySet<string>>();
  for (const { path: at, element } of elementsOf(value, path, findings)) {
    refuseUnknown(element, at, ['meaning', 'reference'], findings);
    const reference = asElement(element.reference)?.reference;
    if (typeof reference !== 'string' || !LOCAL.test(reference)) {
      refuse(
        findings,
        `${at}.reference`,
        'unsupported',
        'Data is named by a reference such as Encounter/12.',
      );
      continue;
    }
    if (element.meaning === 'authoredby') authors.add(reference);
    else if (element.meaning === 'dependents') dependents.add(reference);
    else if (element.meaning === 'related') related.set(reference, new Set(linksOf(reference) ?? []));
    else if (element.meaning !== 'instance') {
      const message = 'The meaning of data is instance, related, dependents or authoredby.';
      refuse(findings, `${at}.meaning`, element.meaning === undefined ? 'missing' : 'invalid', message);
    }
    if (element.meaning !== 'authoredby') instances.add(reference);
  }
  return { instances, dependents, related, authors };
}

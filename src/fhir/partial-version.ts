import { compartments, extractParameters, maskedText, parseResource, type Search } from '../r4/index.ts';
import type { StoredVersion } from '../vault/index.ts';

/** Masked texts of the versions that are held in memory, by what was masked. */
const known = new WeakMap<StoredVersion, Map<string, StoredVersion | undefined>>();

/**
 * A version without the elements at these FHIRPaths, which the decision did not permit. Undefined when nothing of it can be shown:
 * what is left would not be valid FHIR, or whose record it is would be hidden and yet be told by where it is found.
 */
export function withoutParts(
  stored: StoredVersion,
  redactions: readonly string[],
): StoredVersion | undefined {
  const name = redactions.join('\n');
  const versions = known.get(stored) ?? new Map<string, StoredVersion | undefined>();
  known.set(stored, versions);
  if (!versions.has(name)) versions.set(name, mask(stored, redactions));
  return versions.get(name);
}

function mask(stored: StoredVersion, redactions: readonly string[]): StoredVersion | undefined {
  const text = stored.text === undefined ? undefined : maskedText(stored.text, redactions);
  if (text === undefined) return undefined;
  const { patients } = compartments(parseResource(text).resource);
  return stored.patients.every((patient) => patients.includes(patient)) ? { ...stored, text } : undefined;
}

/** Parameters over what is never masked. */
const OPEN: ReadonlySet<string> = new Set(['_id', '_lastUpdated', '_profile', '_security', '_tag']);

/**
 * Whether finding a version, or not finding it, by these criteria and in this order tells no more than what is shown of it: each
 * parameter has the same values with and without what is masked. One that differs finds it never, whatever is asked: also
 * `:not` and `:missing` would tell (DESIGN §1.5). A chain counts by its own reference, `_has` by what refers here.
 */
export function tellsNoMore(
  whole: StoredVersion,
  shown: StoredVersion,
  { filters, sort }: Pick<Search, 'filters' | 'sort'>,
): boolean {
  const names = [
    ...filters.flatMap((each) => (each.kind === 'has' ? [] : [each.param])),
    ...sort.map(({ param }) => param),
  ];
  const closed = [...new Set(names)].filter((name) => !OPEN.has(name));
  return closed.length === 0 || valuesOf(whole, closed) === valuesOf(shown, closed);
}

function valuesOf({ text }: StoredVersion, names: readonly string[]): string {
  return text === undefined ? '' : JSON.stringify(extractParameters(parseResource(text).resource, names));
}

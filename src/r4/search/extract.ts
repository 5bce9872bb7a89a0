import { compileFhirPath } from '../fhirpath/compile.ts';
import type { Environment, Evaluate } from '../fhirpath/evaluation.ts';
import { type Item, resourceItem } from '../fhirpath/item.ts';
import type { Resource } from '../resource.ts';
import { dateEntries } from './date-entry.ts';
import type { CompositeEntry, IndexEntry, ReferenceEntry } from './index-entry.ts';
import { numberEntries, quantityEntries } from './quantity-entry.ts';
import { referenceEntries } from './reference-entry.ts';
import { type SearchParameter, searchParameters } from './search-parameter.ts';
import { stringEntries } from './string-entry.ts';
import { tokenEntries } from './token-entry.ts';

/** A search parameter ready to be applied to a resource. */
interface Extractor {
  readonly parameter: SearchParameter;
  readonly evaluate: Evaluate;
  readonly components: readonly { readonly part: Converted; readonly evaluate: Evaluate }[];
}

type Converted = Pick<SearchParameter, 'name' | 'type'> &
  Partial<Pick<SearchParameter, 'targets' | 'hidden'>>;

const extractors = new Map<string, readonly Extractor[]>();

/**
 * Everything the index holds of a valid resource: one entry for each value of each of its type's search parameters.
 * A parameter without a value has no entry, which is what `:missing` asks.
 */
export function extractIndex(resource: Resource): IndexEntry[] {
  return applyAll(extractorsFor(resource.resourceType), resource);
}

/** As {@link extractIndex}, for the named parameters only; names that the type does not have are left out. */
export function extractParameters(resource: Resource, names: readonly string[]): IndexEntry[] {
  return applyAll(
    extractorsFor(resource.resourceType).filter(({ parameter }) => names.includes(parameter.name)),
    resource,
  );
}

/** The references of a resource by search parameter: what `_include` follows. */
export function referencesOf(resource: Resource): ReferenceEntry[] {
  const extractorsOfReferences = extractorsFor(resource.resourceType).filter(
    ({ parameter }) => parameter.type === 'reference',
  );
  return applyAll(extractorsOfReferences, resource).filter((entry) => entry.kind === 'reference');
}

function applyAll(chosen: readonly Extractor[], resource: Resource): IndexEntry[] {
  const item = resourceItem(resource);
  const environment: Environment = { resource: item, root: item, context: [item] };
  const entries: IndexEntry[] = [];
  for (const { parameter, evaluate, components } of chosen) {
    const items = evaluate([item], environment);
    if (items.length === 0) continue;
    const found =
      parameter.type === 'composite'
        ? items.flatMap((each) => compositeEntries(parameter.name, components, each, environment))
        : items.flatMap((each) => entriesOf(parameter, each));
    entries.push(...(found.length > 1 ? withoutRepeats(found) : found));
  }
  return entries;
}

function extractorsFor(type: string): readonly Extractor[] {
  let found = extractors.get(type);
  if (found === undefined) {
    found = [...searchParameters(type).values()].map((parameter) => ({
      parameter,
      evaluate: compileFhirPath(parameter.expression),
      components: parameter.components.map((part) => ({ part, evaluate: compileFhirPath(part.expression) })),
    }));
    extractors.set(type, found);
  }
  return found;
}

function entriesOf({ name, type, targets, hidden }: Converted, item: Item): IndexEntry[] {
  switch (type) {
    case 'token':
      return tokenEntries(name, item);
    case 'reference':
      return referenceEntries(name, targets ?? [], item);
    case 'string':
      return stringEntries(name, item);
    case 'date':
      return dateEntries(name, hidden ?? false, item);
    case 'number':
      return numberEntries(name, item);
    case 'quantity':
      return quantityEntries(name, item);
    case 'uri':
      return typeof item.value === 'string' ? [{ kind: 'uri', param: name, value: item.value }] : [];
    case 'composite':
      return [];
  }
}

/** None when a component has no value: half a pair matches nothing. */
function compositeEntries(
  param: string,
  components: Extractor['components'],
  item: Item,
  environment: Environment,
): CompositeEntry[] {
  const values: IndexEntry[][] = [];
  for (const { part, evaluate } of components) {
    const entries = evaluate([item], environment).flatMap((each) => entriesOf(part, each));
    if (entries.length === 0) return [];
    values.push(entries);
  }
  return [{ kind: 'composite', param, components: values }];
}

function withoutRepeats(entries: readonly IndexEntry[]): IndexEntry[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const key = JSON.stringify(entry);
    return !seen.has(key) && seen.add(key);
  });
}

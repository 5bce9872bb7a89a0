import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evalFhirPathTyped, indexStructureDefinitionBundle, LRUCache, toTypedValue } from '@medplum/core';
import type { Resource as LibraryResource, StructureDefinition } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { loadDefinitions } from '../definitions/definitions.ts';
import { searchParameters } from '../index.ts';
import { isObject, type JsonObject } from '../resource.ts';
import { compileFhirPath } from './compile.ts';
import { children, resourceItem } from './item.ts';

// The library's own interpreter is the oracle for the compiled closures.
const folder = join(import.meta.dirname, '../../../node_modules/hl7.fhir.r4.examples');
const names = readdirSync(folder).filter(
  (name) => name.endsWith('.json') && !/^(package|\.index)/.test(name),
);
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject;

const structures = names
  .filter((name) => name.startsWith('StructureDefinition-'))
  .map(read)
  .filter((sd) => sd.kind !== 'logical' && (sd.derivation !== 'constraint' || sd.id === 'SimpleQuantity'));
indexStructureDefinitionBundle(structures as unknown as StructureDefinition[]);

/** Bundles of definitions: hundreds of megabytes of what stands beside them as single files. */
const MOST_ENTRIES = 100;
const examples = names.map(read).filter(({ entry }) => !Array.isArray(entry) || entry.length <= MOST_ENTRIES);

/**
 * Where the library departs from R4, rewritten or left out:
 * - it does not take `Resource` for the type of every resource;
 * - `as` on several items is an error to it, where R4's search parameters filter (`ofType` does);
 * - `|` takes quantities for equal that differ in comparator or by little: its terms are asked one by one;
 * - `resolve()` understands neither contained nor absolute references.
 */
const forLibrary = (expression: string, type: string) =>
  expression
    .replaceAll(/\bResource\./g, `${type}.`)
    .replaceAll(/([\w.]+) as (\w+)/g, '$1.ofType($2)')
    .replaceAll(/\.as\((\w+)\)/g, '.ofType($1)');
const isBeyondLibrary = (value: unknown) =>
  isObject(value) && typeof value.reference === 'string' && /^(#|https?:)/.test(value.reference);
const distinct = (values: unknown[]) => [
  ...new Set(
    values
      .filter((value) => value !== undefined && !isBeyondLibrary(value))
      .map((value) => JSON.stringify(value)),
  ),
];

const cache = new LRUCache(2000) as LRUCache<never>;

test('every search parameter finds in every official example what the library finds', {
  timeout: 120_000,
}, () => {
  const different = new Set<string>();
  let compared = 0;
  for (const example of examples) {
    const type = String(example.resourceType);
    const item = resourceItem(example);
    const typed = toTypedValue(example as unknown as LibraryResource);
    for (const { name, expression } of searchParameters(type).values()) {
      const ours = compileFhirPath(expression)([item], { resource: item, root: item, context: [item] });
      const theirs = expression
        .split(' | ')
        .flatMap((term) => evalFhirPathTyped(forLibrary(term, type), [typed], { '%resource': typed }, cache));
      compared++;
      const [a, b] = [
        distinct(ours.map(({ value }) => value)),
        distinct(theirs.map(({ value }) => value?.valueOf())),
      ];
      if (JSON.stringify(a) !== JSON.stringify(b)) different.add(`${type}.${name}`);
    }
  }
  expect([...different]).toEqual([]);
  expect(compared).toBeGreaterThan(130_000);
});

/** Functions the library does not have, and an `in` with several items on the left (tim-9, corrected here). */
const BEYOND_LIBRARY = /children\(|descendants\(|htmlChecks|\(when in/;

/** The library's name for a type: `ObservationComponent` for `Observation.component`. */
const libraryType = (name: string) =>
  name.replaceAll(/\.(\w)/g, (_dot, first: string) => first.toUpperCase());

/** An example and copies of it that lack one element each: rules have to fail somewhere too. */
const withGaps = (example: JsonObject) => [
  example,
  ...Object.keys(example)
    .filter((key) => key !== 'resourceType')
    .map((key) => Object.fromEntries(Object.entries(example).filter(([name]) => name !== key))),
];

test('every invariant holds, and fails, where the library says so', { timeout: 120_000 }, () => {
  const different = new Map<string, number>();
  const outcomes = { true: 0, false: 0 };
  for (const example of examples.filter((_, index) => index % 8 === 0).flatMap(withGaps)) {
    const root = resourceItem(example);
    const typedRoot = toTypedValue(example as unknown as LibraryResource);
    const variables = {
      '%resource': typedRoot,
      '%rootResource': typedRoot,
      '%ucum': { type: 'string', value: 'http://unitsofmeasure.org' },
    };
    for (const item of [root, ...children(root).filter(({ type }) => type.sort !== 'resource')]) {
      const typed = item === root ? typedRoot : { type: libraryType(item.type.name), value: item.value };
      for (const { expression, id } of item.type.invariants) {
        if (BEYOND_LIBRARY.test(expression)) continue;
        const [ours] = compileFhirPath(expression)([item], { resource: root, root, context: [item] });
        const [theirs] = evalFhirPathTyped(expression, [typed], { ...variables, '%context': typed }, cache);
        outcomes[ours?.value === true ? 'true' : 'false']++;
        if (ours?.value !== theirs?.value) different.set(id, (different.get(id) ?? 0) + 1);
      }
    }
  }
  expect([...different]).toEqual([]);
  expect(outcomes.true).toBeGreaterThan(10_000);
  expect(outcomes.false).toBeGreaterThan(100);
});

test('every expression that R4 publishes is understood', () => {
  const { types, searchParameters: parameters } = loadDefinitions();
  const invariants = [...types.values()].flatMap((type) => [
    ...type.invariants,
    ...[...type.elements.values()].flatMap((element) => element.invariants),
  ]);
  for (const { expression } of invariants) expect(() => compileFhirPath(expression)).not.toThrow();
  for (const { expressions, components } of parameters) {
    for (const expression of Object.values(expressions))
      if (expression !== '') expect(() => compileFhirPath(expression)).not.toThrow();
    for (const { expression } of components ?? []) expect(() => compileFhirPath(expression)).not.toThrow();
  }
});

test('an expression beyond R4 is refused, never answered by guess', () => {
  for (const expression of ['name.family.upper()', 'today()', 'value * 2', 'a ~ b'])
    expect(() => compileFhirPath(expression)).toThrow();
});

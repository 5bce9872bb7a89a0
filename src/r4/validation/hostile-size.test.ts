import { expect, test } from 'vitest';
import { extractIndex, parseResource, rewriteReferences, validate } from '../index.ts';

/** As many parts as fit into a few megabytes: what is quadratic takes minutes at this size, what is linear a second. */
const COUNT = 20_000;
const LONGEST_MS = 15_000; // linear work takes about 1 s on one busy core
const times = <T>(make: (index: number) => T): T[] =>
  Array.from({ length: COUNT }, (_, index) => make(index));
const coding = (index: number) => ({ system: 'urn:s', code: `c${index}` });

test.each<[string, object]>([
  [
    'contained resources and references to them',
    {
      resourceType: 'List',
      status: 'current',
      mode: 'working',
      contained: times((index) => ({ resourceType: 'Basic', id: `r${index}`, code: { text: 'x' } })),
      entry: times((index) => ({ item: { reference: `#r${index}` } })),
    },
  ],
  [
    'codings and components',
    {
      resourceType: 'Observation',
      status: 'final',
      valueString: 'a',
      code: { coding: times(coding) },
      component: times((index) => ({ code: { coding: [coding(index + COUNT)] } })),
    },
  ],
  [
    'entries of a Bundle',
    {
      resourceType: 'Bundle',
      type: 'collection',
      entry: times((index) => ({ fullUrl: `urn:uuid:${index}`, resource: { resourceType: 'Patient' } })),
    },
  ],
  [
    'elements of a structure',
    {
      resourceType: 'StructureDefinition',
      url: 'http://a.org',
      name: 'A',
      status: 'draft',
      kind: 'logical',
      abstract: true,
      type: 'A',
      snapshot: {
        element: times((index) => ({
          id: `A.${index}`,
          path: index === 0 ? 'A' : `A.e${index}`,
          definition: 'x',
          min: 0,
          max: '1',
          base: { path: 'x', min: 0, max: '1' },
        })),
      },
    },
  ],
  [
    'concepts of a code system',
    {
      resourceType: 'CodeSystem',
      status: 'draft',
      content: 'complete',
      concept: times((index) => ({ code: `c${index}` })),
    },
  ],
  [
    'names',
    { resourceType: 'Patient', name: times((index) => ({ family: `Family ${index}`, given: ['A', 'B'] })) },
  ],
])(
  '%s are handled in time that grows with their number only',
  { timeout: 2 * LONGEST_MS },
  (_title, content) => {
    const start = performance.now();
    const { resource, text } = parseResource(JSON.stringify(content));
    expect(validate(resource, text)).toEqual([]);
    expect(extractIndex(resource).length).toBeGreaterThanOrEqual(0);
    rewriteReferences(text, () => undefined);
    expect(performance.now() - start).toBeLessThan(LONGEST_MS);
  },
);

test('nesting as deep as JSON may be is handled', () => {
  const nested = (depth: number): object => ({
    linkId: `${depth}`,
    type: 'group',
    item: depth === 0 ? [{ linkId: 'x', type: 'string' }] : [nested(depth - 1)],
  });
  const { resource, text } = parseResource(
    JSON.stringify({ resourceType: 'Questionnaire', status: 'draft', item: [nested(60)] }),
  );
  expect(validate(resource, text)).toEqual([]);
});

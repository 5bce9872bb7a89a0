import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { condense } from './condense.ts';
import type { SearchParameterDefinition } from './condense-search.ts';
import type { StructureDefinition } from './condense-structure.ts';
import type { CodeSystem, ValueSet } from './condense-terminology.ts';

const folder = join(import.meta.dirname, '../../../node_modules/hl7.fhir.r4.examples');
const names = readdirSync(folder);
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const all = <T>(prefix: string): T[] =>
  names.filter((name) => name.startsWith(prefix)).map((name) => read<T>(name));
const byUrl = <T extends { url: string }>(items: T[]): Map<string, T> =>
  new Map(items.map((item) => [item.url, item]));

test('the committed definitions are what HL7 published in the official R4 package', async () => {
  const { entry } = read<{ entry: { resource: SearchParameterDefinition }[] }>('Bundle-searchParams.json');
  const text = condense({
    structures: all<StructureDefinition>('StructureDefinition-'),
    terminology: {
      valueSets: byUrl(all<ValueSet>('ValueSet-')),
      codeSystems: byUrl(all<CodeSystem>('CodeSystem-')),
    },
    searchParameters: entry.map(({ resource }) => resource),
    patientCompartment: read('CompartmentDefinition-patient.json'),
  });
  await expect(text).toMatchFileSnapshot('r4.ndjson');
});

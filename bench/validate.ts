import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extractIndex, parseResource, splitBundle, validate } from '../src/r4/index.ts';
import { median, writeResult } from './machine.ts';

// How many Observations one core validates, and indexes, in a second; those of one Synthea bundle of the shared test data.

const ROUNDS = 9; // the first warms up and is not counted

const testdata = process.env.HOLDFAST_TESTDATA ?? join(import.meta.dirname, '..', '..', 'shared', 'testdata');
const folder = join(testdata, 'fhir', 'synthea-bundles');

function observations(): string[] {
  const name = readdirSync(folder).find((file) => !file.startsWith('0-')) ?? '';
  const bundle = parseResource(gunzipSync(readFileSync(join(folder, name))).toString());
  return splitBundle(bundle.text)
    .map(({ resourceText }) => resourceText ?? '')
    .filter((text) => text.includes('"resourceType":"Observation"'));
}

function perSecond<T>(items: readonly T[], work: (item: T) => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const beganMs = performance.now();
    for (const item of items) work(item);
    return Math.round((items.length / (performance.now() - beganMs)) * 1000);
  });
  return median(rounds.slice(1));
}

if (existsSync(folder)) {
  const texts = observations();
  const resources = texts.map((text) => parseResource(text).resource);
  const result = {
    what: 'Observations validated, and indexed, a second on one core',
    observations: texts.length,
    validatedPerSecond: perSecond(texts, (text) => validate(parseResource(text).resource, text)),
    indexedPerSecond: perSecond(resources, (resource) => extractIndex(resource)),
  };
  console.log(result);
  writeResult('validate', result);
} else console.log(`There is no ${folder}: the shared test data is needed.`);

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

const folder =
  process.env.HOLDFAST_TESTDATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'testdata');
const isPresent = existsSync(folder);

if (!isPresent && process.env.CI === 'true') throw new Error(`The shared test data is missing at ${folder}.`);
if (!isPresent) console.warn(`Skipped: the shared test data is not at ${folder} (set HOLDFAST_TESTDATA).`);

/** `describe` over the shared vectors: skipped, and said so, where they are absent; with CI=true their absence fails. */
export const describeVectors = describe.skipIf(!isPresent);

/** A vector file's text. */
export const vectorText = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** A vector file's bytes. */
export const vectorBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(join(folder, path)));

type Reviver = (name: string, value: unknown, context: { source: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** A vector file's JSON; integers beyond 2^53 come as bigint. */
export function vectorJson<T>(path: string): T {
  const parsed = parseWithSource(vectorText(path), (_name, value, { source }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? BigInt(source)
      : value,
  );
  return parsed as T;
}

/** One file of a folder's MANIFEST.json. */
export interface ManifestEntry {
  path: string;
  bytes: number;
  sha256: string;
}

/** The files that a folder must hold, relative to it; none where the data is absent. */
export const manifest = (name: string): ManifestEntry[] =>
  isPresent ? vectorJson(`${name}/MANIFEST.json`) : [];

/** The JSON array of a file with cases; none where the data is absent, so that `test.each` can be declared. */
export const cases = <T>(path: string): T[] => (isPresent ? vectorJson<T[]>(path) : []);

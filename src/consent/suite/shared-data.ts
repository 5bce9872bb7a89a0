import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root =
  process.env.HOLDFAST_TESTDATA ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'testdata');

/** Folder of the FHIR test data. */
export const fhirData = join(root, 'fhir');

/** True when the shared data is absent and its tests skip; with CI=true they fail instead. */
export const withoutSharedData = !existsSync(fhirData) && process.env.CI !== 'true';

/** Every JSON file of a folder below the FHIR test data, by name without ending. */
export function jsonFilesOf(folder: string): Map<string, Record<string, unknown>> {
  const path = join(fhirData, folder);
  return new Map(
    readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(path, name), 'utf8'))]),
  );
}

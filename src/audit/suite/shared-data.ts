import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root =
  process.env.HOLDFAST_TESTDATA ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'testdata');

/** Folder of the FHIR test data. */
export const fhirData = join(root, 'fhir');

/** True when the shared data is absent and its tests skip; with CI=true they fail instead. */
export const withoutSharedData = !existsSync(fhirData) && process.env.CI !== 'true';

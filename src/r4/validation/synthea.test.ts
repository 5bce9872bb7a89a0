import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseResource, splitBundle, validate } from '../index.ts';

const testdata = join(
  process.env.HOLDFAST_TESTDATA ?? join(import.meta.dirname, '../../../../shared/testdata'),
  'fhir',
);
const isMissing = !existsSync(testdata) && process.env.CI !== 'true';

describe.skipIf(isMissing)('Synthea samples (shared test data)', () => {
  test('every resource of the bulk export is valid', () => {
    const files = readdirSync(join(testdata, 'synthea-bulk-10')).filter((name) =>
      /^[A-Z].*\.ndjson$/.test(name),
    );
    const lines = files.flatMap((name) =>
      readFileSync(join(testdata, 'synthea-bulk-10', name), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
    const issues = lines.flatMap((line) => {
      const { resource, text } = parseResource(line);
      return validate(resource, text);
    });
    expect(issues).toEqual([]);
    expect(lines).toHaveLength(7160);
  });

  test('every bundle is valid, and so is each of its resources by itself', { timeout: 60_000 }, () => {
    let count = 0;
    for (const name of readdirSync(join(testdata, 'synthea-bundles'))) {
      const bundle = parseResource(
        gunzipSync(readFileSync(join(testdata, 'synthea-bundles', name))).toString(),
      );
      expect(validate(bundle.resource, bundle.text)).toEqual([]);
      for (const { resourceText } of splitBundle(bundle.text)) {
        const { resource, text } = parseResource(resourceText ?? '');
        expect(validate(resource, text)).toEqual([]);
        count++;
      }
    }
    expect(count).toBe(33_148);
  });
});

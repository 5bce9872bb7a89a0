import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeResult } from '../../bench/machine.ts';
import { canonicalizeJsonText } from '../../src/proof/index.ts';
import { ROOT } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import { judge, networkPolicy } from '../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { withoutServerFields } from '../journeys/harness/stored-content.ts';

const EXAMPLES = join(ROOT, 'node_modules', 'hl7.fhir.r4.examples');
const RESOURCES = 5306;
const IMPORT_TIMEOUT_MS = 1_800_000; // the largest Bundle has 35 MB

let node: RunningNode;
beforeAll(async () => {
  node = await startNode({ patients: 1, arguments: [] });
});
afterAll(() => node?.stop());

interface Refused {
  readonly file: string;
  readonly resource?: string;
  readonly element?: string;
  readonly rule: string;
  /** Says which clause of the standard it breaks. */
  readonly message: string;
}

test('all official examples: stored, read back equal to the last digit, each with a receipt that verifies; what is refused is listed', async () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json') && name !== 'package.json');
  expect(names).toHaveLength(RESOURCES);
  const beganMs = performance.now();
  const files = names.map((name) => join(EXAMPLES, name));
  const given = ['import', ...files, '--org', 'st-mary', '--url', node.url, '--store-bundles', '--json'];
  const ran = await holdfast(given, { timeoutMs: IMPORT_TIMEOUT_MS });
  const importedInSeconds = Math.round((performance.now() - beganMs) / 1000);
  expect(ran.stdout, ran.stderr).not.toBe('');
  const report: { read: number; stored: number; unchanged: number; refused: Refused[] } = ran.json;
  const refused = new Map(report.refused.map((each) => [each.file.split('/').at(-1), each]));
  const hospital = node.organisation('st-mary');
  const policies = [await networkPolicy(node.port)];
  const faults: string[] = [];
  let verified = 0;
  for (const name of names.filter((each) => !refused.has(each))) {
    const source = readFileSync(join(EXAMPLES, name), 'utf8');
    const { resourceType, id } = JSON.parse(source);
    const { status, text } = await hospital.fhir('GET', `${resourceType}/${id}`, { timeoutMs: 60_000 });
    if (status !== 200) faults.push(`${name}: ${status}`);
    else if (withoutServerFields(text) !== withoutServerFields(canonicalizeJsonText(source)))
      faults.push(`${name}: differs`);
    else {
      const verdict = judge(await hospital.receipt(`${resourceType}/${id}`), policies, text);
      if (verdict.ok && verdict.contentChecked === 'checked') verified += 1;
      else faults.push(`${name}: ${JSON.stringify(verdict)}`);
    }
  }
  const list = report.refused.map(({ file, ...why }) => ({ file: file.split('/').at(-1), ...why }));
  writeResult('import-examples', {
    what: 'hl7.fhir.r4.examples 4.0.1 imported with --store-bundles, read back, compared, receipts verified',
    read: report.read,
    stored: report.stored,
    unchanged: report.unchanged,
    verified,
    importedInSeconds,
    refused: list,
    faults,
  });
  expect(faults).toEqual([]);
  expect(report.stored + report.unchanged + report.refused.length).toBe(RESOURCES);
  expect(verified).toBe(RESOURCES - refused.size);
});

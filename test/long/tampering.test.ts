import { expect, test } from 'vitest';
import { writeResult } from '../../bench/machine.ts';
import { startNode } from '../journeys/harness/running-node.ts';
import { checkTampered, largestValues } from '../journeys/harness/tampering.ts';

/** What may change without anybody being deceived: time of the last look, clocks, and what is made anew at start. */
const UNGUARDED = new Set<string>([]);

test('one changed value anywhere in the folder of an organisation or on the ledger is found', async () => {
  const node = await startNode({ patients: 3 });
  await node.organisation('st-mary').create({ resourceType: 'Basic', code: { text: 'something new' } });
  await node
    .organisation('st-mary')
    .receipt(`Patient/${(await node.organisation('st-mary').searchIds('Patient'))[0]}`);
  expect(await node.stop()).toBe(0);
  const values = [...largestValues(node.data, 'blob'), ...largestValues(node.data, 'text')].filter(
    ({ file }) => /st-mary\/|ledger\/ledger\.db$/.test(file),
  );
  const verdicts: Record<string, string> = {};
  for (const value of values) {
    const name = `${value.file} ${value.table}.${value.column}`;
    const ran = await checkTampered(node.data, value);
    const codes = ran.code === 1 ? ran.json.problems.map((problem: { code: string }) => problem.code) : [];
    verdicts[name] = ran.code === 1 ? [...new Set(codes)].join(', ') : `exit ${ran.code}`;
    process.stdout.write(`${name}: ${verdicts[name]}\n`);
  }
  writeResult('tampering', {
    what: 'one value changed in a copy of a stopped folder, then fsck: what it says',
    verdicts,
  });
  const missed = Object.entries(verdicts).filter(
    ([name, verdict]) => verdict === 'exit 0' && !UNGUARDED.has(name),
  );
  expect(missed).toEqual([]);
});

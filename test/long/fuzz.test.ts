import { expect, test } from 'vitest';
import { writeResult } from '../../bench/machine.ts';
import { formatReport, fuzz } from '../faults/fuzz/fuzzer.ts';
import { startNode } from '../journeys/harness/running-node.ts';

const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.HOLDFAST_FUZZ_RUNS ?? 600);

test(`${RUNS} hostile requests a route end in no error of the server (seed ${SEED})`, async () => {
  const node = await startNode({ patients: 4 });
  try {
    const report = await fuzz(node, SEED, RUNS);
    process.stdout.write(`${formatReport(report)}\n`);
    const histogram = Object.fromEntries(
      [...report.histogram].map(([route, statuses]) => [route, Object.fromEntries(statuses)]),
    );
    writeResult('fuzz', {
      what: 'hostile requests a route, by status',
      seed: SEED,
      requestsPerRoute: RUNS,
      histogram,
      faults: report.faults,
    });
    expect(report.faults).toEqual([]);
    expect((await node.send('/ready')).status).toBe(200);
  } finally {
    await node.stop();
  }
});

/**
 * `bench leaks`: whether the time of an answer tells that a patient is here. Staff whom the patient has shut out ask about the patient
 * and about nobody, in pairs of random order, on every FHIR path of the leak suite that names somebody. Reported, not a gate.
 */
import { type RunningNode, startNode } from '../test/journeys/harness/running-node.ts';
import type { Probe, Row } from '../test/journeys/leaks/row.ts';
import { rows } from '../test/journeys/leaks/rows.ts';
import { askers, makeTargets, type Target } from '../test/journeys/leaks/target.ts';
import { median, writeResult } from './machine.ts';

const PAIRS = Number(process.env.HOLDFAST_BENCH_PAIRS ?? 2_000); // the least that is asked for
const WARM_UP_PAIRS = 50; // until compiled code and caches are as they stay
const WITHIN_SHARE = 0.05; // medians apart by less tell nothing over a network
const WITHIN_MS = 1; // the same for answers that are quick
const ASKER = 'denied staff'; // every scope and a good purpose: only the decision stands in the way
const ORGANISATION = 'st-mary';

const node: RunningNode = await startNode({ patients: 2, startupTimeoutMs: 300_000 });
const hospital = node.organisation(ORGANISATION);
const targets = await makeTargets(hospital);
const token = await hospital.token(askers[ASKER]?.(targets) ?? {});

async function timed(row: Row, probe: Probe, target: Target): Promise<number> {
  const [method = 'GET'] = row.route.split(' ');
  const path = probe.path(target).replaceAll('|', '%7C');
  const headers = probe.headers?.(target) ?? {};
  const begin = performance.now();
  await hospital.call(method, path, { token, headers });
  return performance.now() - begin;
}

/** Both medians and how far apart they are. */
async function compare(row: Row, probe: Probe) {
  const times: { present: number[]; absent: number[] } = { present: [], absent: [] };
  for (let pair = -WARM_UP_PAIRS; pair < PAIRS; pair++) {
    const order = Math.random() < 0.5 ? (['present', 'absent'] as const) : (['absent', 'present'] as const);
    for (const which of order) {
      const tookMs = await timed(row, probe, targets[which]);
      if (pair >= 0) times[which].push(tookMs);
    }
  }
  const [present, absent] = [median(times.present), median(times.absent)];
  const apart = Math.abs(present - absent);
  return {
    route: row.route,
    probe: probe.what,
    presentMs: Number(present.toFixed(3)),
    absentMs: Number(absent.toFixed(3)),
    apartMs: Number((present - absent).toFixed(3)),
    within: apart <= WITHIN_MS || apart <= WITHIN_SHARE * absent,
  };
}

const asked = rows.filter(
  ({ route, expectation, askers: all }) =>
    /^GET \/fhir/.test(route) && expectation === 'as-absent' && all.includes(ASKER),
);
const results = [];
try {
  for (const row of asked) for (const probe of row.probes) results.push(await compare(row, probe));
} finally {
  await node.stop();
}
console.table(results);
writeResult('leaks', {
  what: `milliseconds of an answer about a patient who has shut the asker out, and about nobody: medians of ${PAIRS} pairs in random order, one connection, over HTTP`,
  within: `${WITHIN_SHARE * 100} % or ${WITHIN_MS} ms`,
  paths: results.length,
  pathsWithin: results.filter(({ within }) => within).length,
  results,
});

/**
 * `bench fhir`: create, read, and search by patient and code over HTTP with every protection on (tokens, decision, encryption,
 * durable AuditEvent, log entry, witnesses, anchors), 16 connections, the load driver on the same cores.
 */
import { temporaryFolder } from '../test/journeys/harness/checkout.ts';
import { type RunningNode, startNode } from '../test/journeys/harness/running-node.ts';
import type { Measured } from './driver.ts';
import { CONNECTIONS, type Kind, measure, requestsOf } from './fhir/load.ts';
import { machine, median, writeResult } from './machine.ts';

const ROUNDS = Number(process.env.HOLDFAST_BENCH_ROUNDS ?? 3); // the median of three says how much they differ
const WARM_UP_MS = 3_000; // until compiled code and caches are as they stay
const MEASURE_MS = Number(process.env.HOLDFAST_BENCH_MS ?? 10_000); // several publications and at least one anchor

/** Rates that must be reached, per second. */
const TARGETS = { create: 1_000, read: 3_500, search: 1_500 } as const;

async function measureAll(
  node: RunningNode,
  requests: Record<Kind, string[]>,
): Promise<Record<Kind, Measured[]>> {
  const measured: Record<Kind, Measured[]> = { create: [], read: [], search: [] };
  const shared = { port: node.port, connections: CONNECTIONS, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ['read', 'search', 'create'] as const) {
      const expectedStatus = kind === 'create' ? 201 : 200;
      const result = await measure({ ...shared, requests: requests[kind], expectedStatus });
      if (result.unexpected > 0) throw new Error(`${kind}: ${result.unexpected} answers with another status`);
      measured[kind].push(result);
    }
  }
  return measured;
}

function summary(measured: Record<Kind, Measured[]>) {
  const ms = (value: number) => Number(value.toFixed(2));
  return (Object.keys(TARGETS) as Kind[]).map((kind) => {
    const rounds = measured[kind];
    const of = (read: (round: Measured) => number) => median(rounds.map(read));
    return {
      kind,
      perSecond: of((round) => round.perSecond),
      target: TARGETS[kind],
      p50Ms: ms(of((round) => round.p50Ms)),
      p99Ms: ms(of((round) => round.p99Ms)),
      maxMs: ms(Math.max(...rounds.map((round) => round.maxMs))),
      bytesPerAnswer: of((round) => round.bytesPerAnswer),
      rounds: rounds.map((round) => round.perSecond),
    };
  });
}

async function main(): Promise<void> {
  // The intervals that a demo has unless told otherwise: a checkpoint every second, an anchor every five.
  const node = await startNode({ data: temporaryFolder('bench'), patients: 24, arguments: [] });
  try {
    const { requests, facts } = await requestsOf(node);
    const table = summary(await measureAll(node, requests));
    console.table(table.map(({ rounds, ...row }) => ({ ...row, rounds: rounds.join(' ') })));
    console.log(machine());
    const what = `FHIR over HTTP, ${CONNECTIONS} connections, every protection on, driver on the same cores; median of ${ROUNDS} rounds of ${MEASURE_MS} ms`;
    writeResult('fhir', { what, data: facts, results: table });
    if (table.some(({ perSecond, target }) => perSecond < target)) process.exitCode = 1;
  } finally {
    await node.stop();
  }
}

await main();

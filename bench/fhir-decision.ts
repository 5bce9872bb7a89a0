/**
 * `bench fhir-decision`: what consent decisions take from FHIR create, read and search. One demo node whose decision is switched, now
 * as ever and now permitting everything (composed here, `bench/fhir/permit-all.ts`), and driven in turn: two nodes that are the same differ
 * by some 20 % for as long as they live, and would hide what is looked for.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/journeys/harness/checkout.ts';
import { startNode } from '../test/journeys/harness/running-node.ts';
import { until } from '../test/journeys/harness/until.ts';
import type { Measured } from './driver.ts';
import { CONNECTIONS, type Kind, measure, requestsOf } from './fhir/load.ts';
import { median, writeResult } from './machine.ts';

const ROUNDS = Number(process.env.HOLDFAST_BENCH_ROUNDS ?? 16); // of each kind, in turn
const FIRST_MS = 5_000; // until compiled code and caches are as they stay
const WARM_UP_MS = 300; // of each round: connections are made
const MEASURE_MS = Number(process.env.HOLDFAST_BENCH_MS ?? 3_000); // several publications
const LOSS_TARGET = 0.15; // as the requirement says: less
const TICK_MS = 10; // of the processor times in /proc on Linux
const KINDS: readonly Kind[] = ['read', 'search', 'create'];

/** Processor milliseconds of a process so far (proc(5), `stat` fields 14 and 15), all threads. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

const load = `--import ${join(import.meta.dirname, 'fhir', 'permit-all.ts')}`;
const node = await startNode({
  data: temporaryFolder('bench'),
  patients: 24,
  arguments: [],
  environment: { NODE_OPTIONS: load },
  startupTimeoutMs: 300_000,
});
const { requests } = await requestsOf(node);
let switched = 0;

/** Replaces the decision, or puts it back; resolves when the node says so. */
async function switchDecision(): Promise<void> {
  process.kill(node.pid, 'SIGUSR2');
  switched++;
  await until(
    'the decision is switched',
    async () => node.output().split('bench: ').length > switched,
    10_000,
  );
}

interface Driven extends Measured {
  readonly cpuMs: number;
}

interface Round {
  readonly decided: Driven;
  readonly permitted: Driven;
}

/** One task; `cpuMs` is the node's processor time for a request, warm-up included on both sides of the division. */
async function drive(kind: Kind, warmUpMs = WARM_UP_MS): Promise<Driven> {
  const before = processorMs(node.pid);
  const measured = await measure({
    port: node.port,
    connections: CONNECTIONS,
    warmUpMs,
    measureMs: MEASURE_MS,
    requests: requests[kind],
    expectedStatus: kind === 'create' ? 201 : 200,
  });
  if (measured.unexpected > 0) throw new Error(`${kind}: ${measured.unexpected} answers with another status`);
  const share = MEASURE_MS / (MEASURE_MS + warmUpMs);
  return { ...measured, cpuMs: ((processorMs(node.pid) - before) * share) / measured.requests };
}

/** Drives a kind under both decisions; which comes first alternates, so that what grows meanwhile counts for both. */
async function driveBoth(kind: Kind, isDecidingFirst: boolean): Promise<Round> {
  if (!isDecidingFirst) await switchDecision();
  const first = await drive(kind);
  await switchDecision();
  const second = await drive(kind);
  if (isDecidingFirst) await switchDecision();
  return isDecidingFirst ? { decided: first, permitted: second } : { decided: second, permitted: first };
}

const shown: Record<Kind, Round[]> = { read: [], search: [], create: [] };
try {
  for (const kind of KINDS) {
    await drive(kind, FIRST_MS);
    for (let at = 0; at < ROUNDS; at++) shown[kind].push(await driveBoth(kind, at % 2 === 0));
    console.error(`${kind}: ${ROUNDS} rounds`);
  }
} finally {
  await node.stop();
}
const table = KINDS.map((kind) => {
  const rounds = shown[kind];
  const of = (read: (round: Round) => number) => Number(median(rounds.map(read)).toFixed(3));
  return {
    kind,
    perSecond: of(({ decided }) => decided.perSecond),
    perSecondPermittingAll: of(({ permitted }) => permitted.perSecond),
    lossOfRate: of(({ decided, permitted }) => 1 - decided.perSecond / permitted.perSecond),
    cpuMs: of(({ decided }) => decided.cpuMs),
    cpuMsPermittingAll: of(({ permitted }) => permitted.cpuMs),
    moreCpu: of(({ decided, permitted }) => decided.cpuMs / permitted.cpuMs - 1),
    rounds: rounds.map(({ decided, permitted }) =>
      [decided, permitted].map(({ perSecond, cpuMs }) => ({ perSecond, cpuMs })),
    ),
  };
});
console.table(table.map(({ rounds: _, ...row }) => row));
writeResult('fhir-decision', {
  what: `FHIR over HTTP, ${CONNECTIONS} connections: one node that decides as ever and permits everything, in turn; medians of ${ROUNDS} rounds of ${MEASURE_MS} ms, of each ratio the median over rounds`,
  targetLoss: LOSS_TARGET,
  results: table,
});
if (table.some(({ lossOfRate }) => lossOfRate >= LOSS_TARGET)) process.exitCode = 1;

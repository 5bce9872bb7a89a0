/**
 * `bench fhir-decision`: what consent decisions take from FHIR create, read and search. Two demo nodes, one of them with a decision
 * that permits everything (composed here, `bench/fhir/permit-all.ts`), are driven in turn in one run. Two nodes that are the same
 * differ by some 20 % for as long as they live, so several pairs are started, now one first and now the other.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/journeys/harness/checkout.ts';
import { type RunningNode, startNode } from '../test/journeys/harness/running-node.ts';
import type { Measured } from './driver.ts';
import { CONNECTIONS, type Kind, measure, requestsOf } from './fhir/load.ts';
import { median, writeResult } from './machine.ts';

const PAIRS = Number(process.env.HOLDFAST_BENCH_PAIRS ?? 6); // started one after the other
const ROUNDS = Number(process.env.HOLDFAST_BENCH_ROUNDS ?? 2); // of each pair: each node each time, in turn
const WARM_UP_MS = 2_000; // until compiled code and caches are as they stay
const MEASURE_MS = Number(process.env.HOLDFAST_BENCH_MS ?? 5_000); // several publications
const LOSS_TARGET = 0.15; // as the requirement says: less
const TICK_MS = 10; // of the processor times in /proc on Linux
const KINDS: readonly Kind[] = ['read', 'search', 'create'];

interface Subject {
  readonly node: RunningNode;
  readonly requests: Record<Kind, string[]>;
}

/** Processor milliseconds of a process so far (proc(5), `stat` fields 14 and 15), all threads. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function start(permitsAll: boolean): Promise<Subject> {
  const load = `--import ${join(import.meta.dirname, 'fhir', 'permit-all.ts')}`;
  const node = await startNode({
    data: temporaryFolder('bench'),
    patients: 24,
    arguments: [],
    ...(permitsAll ? { environment: { NODE_OPTIONS: load } } : {}),
    startupTimeoutMs: 300_000,
  });
  if (node.output().includes('every decision permits') !== permitsAll)
    throw new Error('the node does not decide as it should here');
  return { node, requests: (await requestsOf(node)).requests };
}

interface Driven extends Measured {
  readonly cpuMs: number;
}

interface Pair {
  readonly decided: Driven;
  readonly permitted: Driven;
}

/** One task; `cpuMs` is the node's processor time for a request, warm-up included on both sides of the division. */
async function drive({ node, requests }: Subject, kind: Kind): Promise<Driven> {
  const before = processorMs(node.pid);
  const measured = await measure({
    port: node.port,
    connections: CONNECTIONS,
    warmUpMs: WARM_UP_MS,
    measureMs: MEASURE_MS,
    requests: requests[kind],
    expectedStatus: kind === 'create' ? 201 : 200,
  });
  if (measured.unexpected > 0) throw new Error(`${kind}: ${measured.unexpected} answers with another status`);
  const share = MEASURE_MS / (MEASURE_MS + WARM_UP_MS);
  return { ...measured, cpuMs: ((processorMs(node.pid) - before) * share) / measured.requests };
}

/** What one pair of nodes shows, by kind; `isDecidingFirst` says which of the two is started first. */
async function pairOf(isDecidingFirst: boolean): Promise<Record<Kind, Pair[]>> {
  const shown: Record<Kind, Pair[]> = { read: [], search: [], create: [] };
  const started = [await start(!isDecidingFirst), await start(isDecidingFirst)] as const;
  const [deciding, permitting] = isDecidingFirst ? started : started.toReversed();
  if (deciding === undefined || permitting === undefined) throw new Error('a node is missing');
  try {
    for (const kind of KINDS)
      for (let round = 0; round < ROUNDS; round++) {
        const [first, second] = round % 2 === 0 ? [deciding, permitting] : [permitting, deciding];
        const [a, b] = [await drive(first, kind), await drive(second, kind)];
        shown[kind].push(first === deciding ? { decided: a, permitted: b } : { decided: b, permitted: a });
      }
  } finally {
    await Promise.all([deciding.node.stop(), permitting.node.stop()]);
  }
  return shown;
}

const pairs: Record<Kind, Pair[]>[] = [];
for (let each = 0; each < PAIRS; each++) pairs.push(await pairOf(each % 2 === 0));
const table = KINDS.map((kind) => {
  const rounds = pairs.flatMap((pair) => pair[kind]);
  const of = (read: (round: Pair) => number) => Number(median(rounds.map(read)).toFixed(3));
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
  what: `FHIR over HTTP, ${CONNECTIONS} connections: a node that decides and one whose decision permits everything, in turn; medians of ${ROUNDS} rounds of ${MEASURE_MS} ms with each of ${PAIRS} pairs of nodes, of each ratio the median over rounds`,
  targetLoss: LOSS_TARGET,
  results: table,
});
if (table.some(({ lossOfRate }) => lossOfRate >= LOSS_TARGET)) process.exitCode = 1;

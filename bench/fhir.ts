/**
 * `bench fhir`: create, read, and search by patient and code over HTTP with every protection on (tokens, decision, encryption,
 * durable AuditEvent, log entry, witnesses, anchors), 16 connections, the load driver on the same cores.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '../test/journeys/harness/checkout.ts';
import type { Organisation } from '../test/journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../test/journeys/harness/running-node.ts';
import type { Measured, Task } from './driver.ts';
import { machine, median, writeResult } from './machine.ts';

const CONNECTIONS = 16; // as the requirement has it
const ROUNDS = Number(process.env.HOLDFAST_BENCH_ROUNDS ?? 3); // the median of three says how much they differ
const WARM_UP_MS = 3_000; // until compiled code and caches are as they stay
const MEASURE_MS = Number(process.env.HOLDFAST_BENCH_MS ?? 10_000); // several publications and at least one anchor
const BODIES = 4_000; // different resources to create
const PAGE = 20; // matches a page

/** Rates that must be reached, per second. */
const TARGETS = { create: 1_000, read: 3_500, search: 1_500 } as const;
type Kind = keyof typeof TARGETS;

const text = (port: number, token: string, method: string, path: string, body = ''): string => {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: localhost:${port}`,
    `authorization: Bearer ${token}`,
    'accept: application/fhir+json',
    ...(body === ''
      ? []
      : ['content-type: application/fhir+json', `content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`).toString('base64');
};

function observation(patient: string, index: number): string {
  const day = new Date(Date.UTC(2020, 0, 1 + (index % 2_000))).toISOString();
  return JSON.stringify({
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    code: {
      coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }],
      text: 'Heart rate',
    },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: day,
    issued: day,
    valueQuantity: {
      value: 50 + (index % 90),
      unit: '/min',
      system: 'http://unitsofmeasure.org',
      code: '/min',
    },
  });
}

/** Patient and code pairs that fill a page, most of the demo's data. */
async function fullPages(hospital: Organisation, patients: readonly string[]): Promise<string[]> {
  const pairs: string[] = [];
  for (const patient of patients) {
    const counts = new Map<string, number>();
    for (const { code } of await hospital.searchAll(`Observation?patient=${patient}&_count=1000`)) {
      const [coding] = code.coding ?? [];
      if (coding?.system === undefined) continue;
      const token = `${coding.system}|${coding.code}`;
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    for (const [token, count] of counts)
      if (count >= PAGE) pairs.push(`patient=${patient}&code=${encodeURIComponent(token)}`);
  }
  return pairs;
}

async function requestsOf(node: RunningNode): Promise<{ requests: Record<Kind, string[]>; facts: object }> {
  const hospital = node.organisation('st-mary');
  const token = await hospital.token();
  const patients = await hospital.searchIds('Patient?_count=1000');
  const observations = await hospital.searchIds('Observation?_count=1000');
  const pairs = await fullPages(hospital, patients);
  const base = '/orgs/st-mary/fhir';
  const of = (method: string, path: string, body?: string) =>
    text(node.port, token, method, `${base}${path}`, body);
  const create = Array.from({ length: BODIES }, (_, index) =>
    of('POST', '/Observation', observation(patients[index % patients.length] ?? '', index)),
  );
  const read = observations.map((id) => of('GET', `/Observation/${id}`));
  const search = pairs.map((pair) => of('GET', `/Observation?${pair}&_count=${PAGE}`));
  if (search.length === 0) throw new Error(`no patient has ${PAGE} observations of one code`);
  const facts = { patients: patients.length, observations: observations.length, searches: pairs.length };
  return { requests: { create, read, search }, facts };
}

function measure(task: Task): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const driver = spawn(process.execPath, [join(import.meta.dirname, 'driver.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let out = '';
    driver.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    driver.once('error', reject);
    driver.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(out) as Measured) : reject(new Error(`the driver ended with ${code}`)),
    );
    driver.stdin.end(JSON.stringify(task));
  });
}

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

/** `bench memory --minutes 60`: resident memory of the demo under mixed load, every ten seconds, as a table and a curve. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type DemoPatient, patientAt } from '../test/journeys/harness/demo.ts';
import type { Organisation } from '../test/journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../test/journeys/harness/running-node.ts';
import { RESULTS, today, writeResult } from './machine.ts';
import { curve, type Sample } from './memory-curve.ts';

const PER_SECOND = 60; // a busy clinic, and far below what a node can do
const SAMPLE_MS = 10_000; // slow enough to see a trend, fast enough to see a peak
const LIMIT_MB = 700; // the requirement
/** How much the last quarter may lie above the second one: beyond noise, memory grows. */
const FLAT = 1.1; // a tenth, as collections come and go

type Action = (hospital: Organisation, patient: string, turn: number) => Promise<unknown>;

const basic = (turn: number) => ({ resourceType: 'Basic', code: { text: `memory ${turn}` } });

/** What the load is made of, with its share of a hundred requests. */
function actions(observations: readonly string[], everybody: DemoPatient): [share: number, Action][] {
  return [
    [
      50,
      (hospital, _patient, turn) =>
        hospital.fhir('GET', `Observation/${observations[turn % observations.length]}`),
    ],
    [15, (hospital, patient) => hospital.fhir('GET', `Observation?patient=${patient}&_count=20`)],
    [
      5,
      (hospital, patient) =>
        hospital.fhir('GET', `Encounter?patient=${patient}&_include=Encounter:practitioner`),
    ],
    [15, (hospital, _patient, turn) => hospital.fhir('POST', 'Basic', { body: basic(turn) })],
    [
      4,
      async (hospital, _patient, turn) => {
        const { id } = await hospital.create(basic(turn));
        await hospital.fhir('PUT', `Basic/${id}`, { body: { ...basic(turn + 1), id } });
      },
    ],
    [3, (hospital, patient) => hospital.fhir('GET', `Patient/${patient}/$everything?_count=50`)],
    [2, (hospital, patient) => hospital.fhir('GET', `Patient/${patient}/$receipt`)],
    [2, (hospital, patient) => hospital.fhir('GET', `AuditEvent?patient=Patient/${patient}&_count=20`)],
    [1, (hospital, patient) => hospital.fhir('GET', `Patient/${patient}/$network-everything`)],
    [1, (hospital) => hospital.fhir('GET', 'Patient?nonsense=1')],
    [1, (hospital) => hospital.fhir('POST', 'Observation', { body: '{"resourceType":' })],
    [
      1,
      async (hospital) => {
        const grant = everybody.device.grant({
          patient: everybody.at('st-mary'),
          custodian: 'st-mary',
          grantee: 'lakeside',
        });
        await everybody.device.send(grant, hospital);
        await everybody.device.revoke(grant, hospital);
      },
    ],
  ];
}

async function residentMb(node: RunningNode): Promise<number> {
  const { text } = await node.send('/metrics');
  const bytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
  if (Number.isNaN(bytes)) throw new Error('the node does not report its memory');
  return Math.round(bytes / 1e5) / 10;
}

interface Run {
  readonly samples: Sample[];
  readonly requests: number;
  readonly failures: number;
}

/** Sends at a fixed pace, whether or not earlier requests have been answered, and samples memory on the way. */
async function run(node: RunningNode, minutes: number): Promise<Run> {
  const hospital = node.organisation('st-mary');
  const patients = await hospital.searchIds('Patient?_count=100');
  const deck = actions(await hospital.searchIds('Observation?_count=1000'), await patientAt(node, 'st-mary'));
  const turns = deck.flatMap(([share, action]) => Array<Action>(share).fill(action));
  const beganMs = performance.now();
  const endMs = beganMs + minutes * 60_000;
  const samples: Sample[] = [{ seconds: 0, residentMb: await residentMb(node) }];
  let requests = 0;
  let failures = 0;
  let nextSampleMs = beganMs + SAMPLE_MS;
  while (performance.now() < endMs) {
    const due = Math.floor(((performance.now() - beganMs) / 1000) * PER_SECOND);
    for (; requests < due; requests++) {
      // The stride spreads each kind over the whole second instead of sending its share at once.
      const action = turns[(requests * 37) % turns.length];
      const patient = patients[requests % patients.length] ?? '';
      action?.(hospital, patient, requests).catch(() => {
        failures += 1;
      });
    }
    if (performance.now() >= nextSampleMs) {
      samples.push({
        seconds: Math.round((performance.now() - beganMs) / 1000),
        residentMb: await residentMb(node),
      });
      nextSampleMs += SAMPLE_MS;
    }
    await pause(1000 / PER_SECOND);
  }
  return { samples, requests, failures };
}

const mean = (samples: readonly Sample[]) =>
  Math.round(samples.reduce((sum, each) => sum + each.residentMb, 0) / Math.max(1, samples.length));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
  const minutes = Number(values.minutes);
  const node = await startNode({ patients: 24, arguments: [] });
  try {
    const { samples, requests, failures } = await run(node, minutes);
    const quarter = (index: number) =>
      samples.slice(Math.floor((samples.length * index) / 4), Math.floor((samples.length * (index + 1)) / 4));
    const result = {
      what: `resident memory of the demo under ${PER_SECOND} mixed requests a second for ${minutes} minutes`,
      requests,
      failures,
      highestMb: Math.max(...samples.map((each) => each.residentMb)),
      limitMb: LIMIT_MB,
      meanMbByQuarter: [0, 1, 2, 3].map((index) => mean(quarter(index))),
    };
    const [, second = 0, , fourth = 0] = result.meanMbByQuarter;
    const isFlat = fourth <= second * FLAT;
    console.log({ ...result, isFlat });
    writeResult('memory', { ...result, isFlat, samples });
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(join(RESULTS, `memory-${today()}.svg`), curve(samples, LIMIT_MB));
    if (!isFlat || result.highestMb >= LIMIT_MB || failures > 0) process.exitCode = 1;
  } finally {
    await node.stop();
  }
}

await main();

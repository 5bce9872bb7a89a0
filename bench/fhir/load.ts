import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Organisation } from '../../test/journeys/harness/organisation.ts';
import type { RunningNode } from '../../test/journeys/harness/running-node.ts';
import type { Measured, Task } from '../driver.ts';

/** Different resources to create. */
const BODIES = 4_000; // more than a round creates
/** Matches of a page. */
const PAGE = 20; // as the requirement has it

/** What is done over FHIR. */
export type Kind = 'create' | 'read' | 'search';

/** Connections of the driver. */
export const CONNECTIONS = 16; // as the requirement has it

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

/** What is sent to a demo node's hospital: created in turn, read in turn, and searched for full pages. */
export async function requestsOf(
  node: RunningNode,
): Promise<{ requests: Record<Kind, string[]>; facts: object }> {
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

/** Drives a task from a process of its own. */
export function measure(task: Task): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const driver = spawn(process.execPath, [join(import.meta.dirname, '..', 'driver.ts')], {
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

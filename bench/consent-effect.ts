/**
 * `bench consent-effect`: on the embedded engine, the time from handing in a grant or a revocation until a read by the organisation's
 * researchers is answered accordingly, the block with it included. Reads go on without a pause meanwhile.
 */
import { patientAt } from '../test/journeys/harness/demo.ts';
import { startNode } from '../test/journeys/harness/running-node.ts';
import { median, writeResult } from './machine.ts';

const ROUNDS = Number(process.argv[2] ?? 100); // a grant and its revocation each
const TARGET_MS = 250; // beyond the block, which this engine makes at once
const TIMEOUT_MS = 30_000; // far beyond what a working node takes on a busy machine
const CUSTODIAN = 'st-mary';
const RESEARCHER = { user: 'Practitioner/researcher', scope: 'user/*.rs', purpose: 'HRESCH' };
const RESEARCH = {
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
};

const node = await startNode({ engine: 'embedded', patients: 2, startupTimeoutMs: 300_000 });
const hospital = node.organisation(CUSTODIAN);
const patient = await patientAt(node, CUSTODIAN);
const id = patient.at(CUSTODIAN);

/** Milliseconds from `begin` to the end of the first read with this status. */
async function effect(status: number, beginMs: number): Promise<number> {
  for (;;) {
    const answer = await hospital.fhir('GET', `Patient/${id}`, { as: RESEARCHER });
    const tookMs = performance.now() - beginMs;
    if (answer.status === status) return tookMs;
    if (tookMs > TIMEOUT_MS) throw new Error(`still ${answer.status} after ${TIMEOUT_MS} ms`);
  }
}

interface Step {
  readonly effectMs: number;
  readonly answerMs: number;
}

async function step(hand: () => Promise<{ status: number; text: string }>, status: number): Promise<Step> {
  const beginMs = performance.now();
  const answered = hand().then((answer) => {
    if (answer.status >= 300) throw new Error(`not taken: ${answer.status} ${answer.text}`);
    return performance.now() - beginMs;
  });
  const [effectMs, answerMs] = await Promise.all([effect(status, beginMs), answered]);
  return { effectMs, answerMs };
}

function figures(steps: readonly Step[]) {
  const sorted = steps.map(({ effectMs }) => effectMs).sort((a, b) => a - b);
  const at = (part: number) => Number((sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1));
  const answerP50Ms = Number(median(steps.map(({ answerMs }) => answerMs)).toFixed(1));
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1), answerP50Ms };
}

const [grants, revocations]: [Step[], Step[]] = [[], []];
try {
  if ((await hospital.fhir('GET', `Patient/${id}`, { as: RESEARCHER })).status === 200)
    throw new Error('researchers may read the patient already');
  const refused = (await hospital.fhir('GET', `Patient/${id}`, { as: RESEARCHER })).status;
  for (let round = 0; round < ROUNDS; round++) {
    const grant = patient.device.grant({
      patient: id,
      custodian: CUSTODIAN,
      grantee: CUSTODIAN,
      provision: RESEARCH,
      linked: false,
    });
    grants.push(await step(() => patient.device.send(grant, hospital), 200));
    revocations.push(await step(() => patient.device.revoke(grant, hospital), refused));
  }
} finally {
  await node.stop();
}
const results = { grant: figures(grants), revocation: figures(revocations) };
console.table(results);
writeResult('consent-effect', {
  what: `milliseconds from handing in a grant or a revocation until a read is answered accordingly, the block included; ${ROUNDS} each, embedded engine, over HTTP`,
  targetMs: `one block and ${TARGET_MS}`,
  results,
});
if (Object.values(results).some(({ p99Ms }) => p99Ms >= TARGET_MS)) process.exitCode = 1;

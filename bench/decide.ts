import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  type CompiledConsent,
  compileConsent,
  type DecisionRequest,
  decide,
  ORGANISATION_SYSTEM,
  organisationPolicy,
} from '../src/consent/index.ts';
import type { DecisionFacts } from '../src/r4/index.ts';

// How many consent decisions one core takes in a second: 20 consents a patient, every pair of request and resource distinct.

const CONSENTS_PER_PATIENT = 20; // as the target says
const PATIENTS = 500; // 10,000 compiled consents: well beyond any processor cache
const PAIRS_PER_ROUND = 200_000; // made before the clock starts, used once
const ROUNDS = 7; // the first warms up and is not counted

const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const LOINC = 'http://loinc.org';
const MEMBERS = ['st-mary', 'lakeside', 'meridian', 'aurora', 'northgate', 'riverside'];
const PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'CLINTRCH', 'PUBHLTH', 'COC'];
const TYPES = [
  'Observation',
  'Condition',
  'MedicationRequest',
  'Encounter',
  'DiagnosticReport',
  'Immunization',
];

/** Deterministic: a linear congruential generator (Numerical Recipes), 0 ≤ x < below. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;

const actor = (value: string) => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { identifier: { system: ORGANISATION_SYSTEM, value } },
});

/** Kinds of consents as patients give them: for one clinic, for a study, with exceptions, by label, for a time, expired. */
function provisionOf(kind: number, random: (below: number) => number): object {
  const base = {
    type: 'permit',
    actor: [actor(pick(MEMBERS, random(6)))],
    purpose: [{ system: ACT_REASON, code: pick(PURPOSES, random(7)) }],
  };
  const about = { class: [{ system: 'http://hl7.org/fhir/resource-types', code: pick(TYPES, random(6)) }] };
  const codes = [{ coding: Array.from({ length: 5 }, () => ({ system: LOINC, code: `${random(400)}-1` })) }];
  switch (kind % 6) {
    case 0:
      return base;
    case 1:
      return { ...base, ...about };
    case 2:
      return {
        ...base,
        securityLabel: [{ system: CONFIDENTIALITY, code: 'N' }],
        provision: [{ type: 'deny', code: codes }],
      };
    case 3:
      return {
        ...base,
        period: { start: '2026-01-01', end: '2026-12-31' },
        provision: [{ type: 'deny', ...about }],
      };
    case 4:
      return { ...base, period: { end: '2024-12-31' } };
    default:
      return {
        ...base,
        code: codes,
        provision: [{ type: 'deny', securityLabel: [{ system: CONFIDENTIALITY, code: 'R' }] }],
      };
  }
}

function consentsOf(patient: number): CompiledConsent[] {
  const random = generator(patient + 1);
  return Array.from({ length: CONSENTS_PER_PATIENT }, (_, index) => {
    const resource = {
      resourceType: 'Consent',
      status: 'active',
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      provision: provisionOf(index, random),
    };
    const outcome = compileConsent(resource, `${patient}-${index}`, 'active');
    if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
    return outcome.consent;
  });
}

interface Pair {
  readonly patient: number;
  readonly request: DecisionRequest;
  readonly facts: DecisionFacts;
}

function pairs(round: number): Pair[] {
  const random = generator(1_000 + round);
  const nowMs = Date.parse('2026-06-01T00:00:00Z');
  return Array.from({ length: PAIRS_PER_ROUND }, (_, index) => {
    const patient = random(PATIENTS);
    const type = pick(TYPES, random(6));
    const period = nowMs - random(300_000_000_000);
    return {
      patient,
      request: {
        custodian: 'st-mary',
        actorOrganisation: pick(MEMBERS, random(6)),
        kind: 'member',
        purposes: [pick(PURPOSES, random(7))],
        nowMs: nowMs + round * PAIRS_PER_ROUND + index,
        subject: `p${patient}`,
      },
      facts: {
        type,
        classes: [`http://hl7.org/fhir/resource-types|${type}`],
        categories: [],
        codes: [`${LOINC}|${random(400)}-1`, `${LOINC}|${random(400)}-1`],
        labels: [`${CONFIDENTIALITY}|${random(10) === 0 ? 'R' : 'N'}`],
        period: { startMs: period, endMs: period },
        patients: [`p${patient}`],
      },
    };
  });
}

const policy = organisationPolicy();
const consents = Array.from({ length: PATIENTS }, (_, patient) => consentsOf(patient));
const rates: number[] = [];
const rules: Record<string, number> = {};

for (let round = 0; round < ROUNDS; round++) {
  const asked = pairs(round);
  const started = process.cpuUsage();
  for (const { patient, request, facts } of asked) {
    const { rule } = decide(request, facts, consents[patient] ?? [], policy);
    rules[rule] = (rules[rule] ?? 0) + 1;
  }
  const { user, system } = process.cpuUsage(started);
  if (round > 0) rates.push(Math.round(PAIRS_PER_ROUND / ((user + system) / 1e6)));
}

const sorted = rates.toSorted((a, b) => a - b);
const result = {
  what: 'consent decisions a second of processor time, 20 consents a patient, all pairs distinct',
  date: new Date().toISOString().slice(0, 10),
  median: sorted[Math.floor(sorted.length / 2)],
  lowest: sorted[0],
  target: 200_000,
  rounds: rates,
  decisionsPerRound: PAIRS_PER_ROUND,
  rules,
  machine: {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  },
};
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `decide-${result.date}.json`), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, 2));

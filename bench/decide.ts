import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type CompiledConsent,
  compileConsent,
  type DecisionRequest,
  decide,
  ORGANISATION_SYSTEM,
  organisationPolicy,
} from '../src/consent/index.ts';
import type { DecisionFacts } from '../src/r4/index.ts';
import { machine, median, today, writeResult } from './machine.ts';

// How many consent decisions one core takes in a second: 20 consents of 5 provisions a patient, compiled beforehand, every pair of
// request and resource distinct; and how long it takes to filter a Bundle of 1,000 resources by their labels.

const CONSENTS_PER_PATIENT = 20; // as the target says
const PATIENTS = 500; // 10,000 compiled consents of 5 provisions: well beyond any processor cache
const BUNDLE = 1_000; // resources, as the target says
const PAIRS_PER_ROUND = 200_000; // made before the clock starts, used once
const ROUNDS = 7; // the first warms up and is not counted

const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
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

/** An exception as patients make them. */
function exceptionOf(kind: number, random: (below: number) => number): object {
  switch (kind % 4) {
    case 0:
      return { type: 'deny', securityLabel: [{ system: CONFIDENTIALITY, code: 'R' }] };
    case 1:
      return { type: 'deny', code: [{ coding: [{ system: LOINC, code: `${random(400)}-1` }] }] };
    case 2:
      return {
        type: 'permit',
        class: [{ system: RESOURCE_TYPES, code: pick(TYPES, random(6)) }],
        dataPeriod: { start: '2020' },
      };
    default:
      return { type: 'deny', dataPeriod: { end: '2015-12-31' } };
  }
}

/** Five provisions: a rule and four exceptions, two of which stand in another. */
function provisionOf(kind: number, random: (below: number) => number): object {
  const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => exceptionOf(kind + at, random));
  return {
    ...ruleOf(kind, random),
    provision: [
      { ...first, provision: [third] },
      { ...second, provision: [fourth] },
    ],
  };
}

/** Kinds of rules as patients give them: for one clinic, for a study, by label, for a time, expired, for everyone. */
function ruleOf(kind: number, random: (below: number) => number): object {
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
      return { ...base, securityLabel: [{ system: CONFIDENTIALITY, code: 'N' }] };
    case 3:
      return { ...base, period: { start: '2026-01-01', end: '2026-12-31' } };
    case 4:
      return { ...base, period: { end: '2024-12-31' } };
    default:
      return { type: 'permit', purpose: base.purpose, code: codes };
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

/** Milliseconds for each of ten Bundles of 1,000 resources, none asked twice: a third of them are more than the asker may see. */
function filterBundles(): number[] {
  const provision = {
    type: 'permit',
    actor: [actor('lakeside')],
    securityLabel: [{ system: CONFIDENTIALITY, code: 'N' }],
  };
  const scope = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  };
  const outcome = compileConsent(
    { resourceType: 'Consent', status: 'active', scope, provision },
    'label',
    'active',
  );
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
  const held = [outcome.consent];
  return Array.from({ length: 10 }, (_, round) => {
    const bundle = pairs(100 + round).slice(0, BUNDLE);
    const started = process.hrtime.bigint();
    const kept = bundle.filter(
      ({ request, facts }) =>
        decide({ ...request, actorOrganisation: 'lakeside' }, facts, held, policy).permit,
    );
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    if (kept.length === 0 || kept.length === BUNDLE) throw new Error('Nothing was filtered.');
    return ms;
  });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const policy = organisationPolicy();
const compileStarted = process.hrtime.bigint();
const consents = Array.from({ length: PATIENTS }, (_, patient) => consentsOf(patient));
const compileMs = Number(process.hrtime.bigint() - compileStarted) / 1e6;
const rates: number[] = [];
const rules: Record<string, number> = {};

for (let round = 0; round < ROUNDS; round++) {
  const asked = pairs(round);
  // What making the pairs left behind is not the decision's: it is cleared away before the clock starts.
  collectGarbage();
  const started = process.cpuUsage();
  for (const { patient, request, facts } of asked) {
    const { rule } = decide(request, facts, consents[patient] ?? [], policy);
    rules[rule] = (rules[rule] ?? 0) + 1;
  }
  const { user, system } = process.cpuUsage(started);
  if (round > 0) rates.push(Math.round(PAIRS_PER_ROUND / ((user + system) / 1e6)));
}
const bundles = filterBundles();

const result = {
  what: 'consent decisions a second of processor time, 20 consents of 5 provisions a patient, compiled beforehand, all pairs distinct',
  date: today(),
  median: median(rates),
  lowest: Math.min(...rates),
  target: 500_000,
  rounds: rates,
  decisionsPerRound: PAIRS_PER_ROUND,
  compile: {
    consents: PATIENTS * CONSENTS_PER_PATIENT,
    milliseconds: Math.round(compileMs),
    microsecondsEach: Math.round((compileMs * 1_000) / (PATIENTS * CONSENTS_PER_PATIENT)),
  },
  bundle: {
    what: 'milliseconds to filter a Bundle of 1,000 resources by security labels',
    resources: BUNDLE,
    target: 10,
    median: median(bundles),
    slowest: Math.max(...bundles),
    milliseconds: bundles,
  },
  rules,
  machine: machine(),
};
writeResult('decide', result);
console.log(JSON.stringify(result, null, 2));

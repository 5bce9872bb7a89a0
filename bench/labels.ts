import {
  type CompiledConsent,
  compileConsent,
  DEFAULT_CODE_SETS,
  DEFAULT_LABEL_RULES,
  type DecisionRequest,
  decidableFacts,
  decide,
  type LabelRules,
  labelled,
  labelRules,
  ORGANISATION_SYSTEM,
  organisationPolicy,
} from '../src/consent/index.ts';
import { type DecisionFacts, decisionFacts, parseResource } from '../src/r4/index.ts';
import { machine, median, today, writeResult } from './machine.ts';

// How long it takes to filter a Bundle of 1,000 resources by their labels: with labels that were computed when they were written, with
// all of them to be computed anew because the rules have changed since, and with versions that were decided before.

const BUNDLE = 1_000; // resources, as the target says
const ROUNDS = 31; // the first warms up and is not counted
const TARGET_MS = 10;

const ICD_10_CM = 'http://hl7.org/fhir/sid/icd-10-cm';
const SNOMED_CT = 'http://snomed.info/sct';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
/** Every fourth is sensitive, each in its own way; the rest is what most of a record is. */
const CODES: readonly (readonly [string, string])[] = [
  [ICD_10_CM, 'F11.20'],
  [ICD_10_CM, 'F33.1'],
  [ICD_10_CM, 'B20'],
  [ICD_10_CM, 'Z30.011'],
  [ICD_10_CM, 'T74.11XA'],
];
const USUAL: readonly (readonly [string, string])[] = [
  [ICD_10_CM, 'I10'],
  [ICD_10_CM, 'E11.9'],
  [ICD_10_CM, 'M54.50'],
  [ICD_10_CM, 'J06.9'],
];

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;

/** The facts of one resource of the Bundle, as they come out of a sealed version: an object of their own. */
function factsAt(at: number): DecisionFacts {
  const [system, code] = at % 4 === 0 ? pick(CODES, at / 4) : pick(USUAL, at);
  const coding = [
    { system, code },
    { system: SNOMED_CT, code: `${59_621_000 + at}` },
  ];
  const resource = {
    resourceType: 'Condition',
    id: `c${at}`,
    category: [{ coding: [{ system: 'urn:category', code: 'encounter-diagnosis' }] }],
    code: { coding },
    subject: { reference: 'Patient/p' },
    onsetDateTime: '2024-05-01',
  };
  return decisionFacts(parseResource(JSON.stringify(resource)).resource);
}

function consent(): CompiledConsent {
  const reference = { identifier: { system: ORGANISATION_SYSTEM, value: 'lakeside' } };
  const role = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
  };
  const withheld = ['ETH', 'HIV', 'SDV'].map((code) => ({ system: ACT_CODE, code }));
  const outcome = compileConsent(
    {
      resourceType: 'Consent',
      status: 'active',
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      provision: {
        type: 'permit',
        actor: [{ role, reference }],
        provision: [{ type: 'deny', securityLabel: withheld }],
      },
    },
    'labels',
    'active',
  );
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
  return outcome.consent;
}

const request: DecisionRequest = {
  custodian: 'st-mary',
  actorOrganisation: 'lakeside',
  kind: 'member',
  purposes: ['TREAT'],
  nowMs: Date.parse('2026-06-01T00:00:00Z'),
  subject: 'p',
};
const held = [consent()];

/** Milliseconds to filter one Bundle, and how many of it are left. */
function filter(rules: LabelRules, bundle: readonly DecisionFacts[]): { ms: number; left: number } {
  const policy = organisationPolicy(undefined, undefined, rules);
  const started = process.hrtime.bigint();
  let left = 0;
  for (const facts of bundle)
    if (decide(request, decidableFacts(rules, facts), held, policy).permit) left += 1;
  return { ms: Number(process.hrtime.bigint() - started) / 1e6, left };
}

const later = labelRules([...DEFAULT_CODE_SETS].reverse());
const taken = { kept: [] as number[], relabelled: [] as number[], known: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  const bundle = Array.from({ length: BUNDLE }, (_, at) => labelled(DEFAULT_LABEL_RULES, factsAt(at)));
  const kept = filter(DEFAULT_LABEL_RULES, bundle);
  const known = filter(DEFAULT_LABEL_RULES, bundle);
  const relabelled = filter(later, bundle);
  const lefts = [kept, known, relabelled].map(({ left }) => left);
  // Three of the five kinds of sensitive codes are withheld: 150 of 1,000.
  if (lefts.some((left) => left !== BUNDLE - 150)) throw new Error(`Filtered wrongly: ${lefts}.`);
  if (round === 0) continue;
  taken.kept.push(kept.ms);
  taken.known.push(known.ms);
  taken.relabelled.push(relabelled.ms);
}

const told = (milliseconds: readonly number[]) => ({
  median: median([...milliseconds]),
  slowest: Math.max(...milliseconds),
  milliseconds,
});
const result = {
  what: 'milliseconds to filter a Bundle of 1,000 resources by security labels, one consent that withholds three classes',
  date: today(),
  resources: BUNDLE,
  target: TARGET_MS,
  codes: DEFAULT_CODE_SETS.reduce((sum, { codes }) => sum + Object.values(codes).flat().length, 0),
  'labels computed when written': told(taken.kept),
  'labels computed anew, the rules have changed': told(taken.relabelled),
  'versions decided before': told(taken.known),
  machine: machine(),
};
writeResult('labels', result);
console.log(JSON.stringify(result, null, 2));

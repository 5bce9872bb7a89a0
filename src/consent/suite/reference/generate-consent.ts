import type { Json } from './consent-case.ts';
import { LABELS, WORLD } from './generate-resource.ts';
import type { Random } from './random.ts';

const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

/** Capacities in which somebody can ask. */
export const CAPACITIES: readonly { system: string; code: string }[] = [
  { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationFunction', code: 'AUTM' },
  { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'HPOWATT' },
];

const PURPOSES: readonly Json[] = [
  ...[
    'TREAT',
    'TREAT',
    'HPAYMT',
    'HOPERAT',
    'HRESCH',
    'CLINTRCH',
    'COC',
    'BTG',
    'PurposeOfUse',
    'COVERAGE',
  ].map((code) => ({ system: ACT_REASON, code })),
  { system: 'http://example.org/purpose', code: 'registry' },
];

function actor(random: Random): Json {
  const capacity = random.chance(0.2) ? random.pick(CAPACITIES) : undefined;
  const role = { coding: [capacity ?? { system: PARTICIPATION, code: random.pick(['IRCP', 'PRCP']) }] };
  const kind = random.below(3);
  if (kind === 0) return { role, reference: { reference: random.pick(WORLD.people) } };
  if (kind === 1) return { role, reference: { reference: random.pick(WORLD.teams) } };
  const identifier = { system: 'urn:holdfast:organisation', value: random.pick(WORLD.members) };
  return { role, reference: { identifier } };
}

function classOf(random: Random): Json {
  const kind = random.below(4);
  if (kind === 0) return { system: 'urn:ietf:rfc:3986', code: random.pick(WORLD.profiles) };
  if (kind === 1) return random.pick(WORLD.categories);
  if (kind === 2) return { system: 'http://hl7.org/fhir/resource-types', code: random.pick(WORLD.types) };
  return random.chance(0.3)
    ? { system: ACT_CODE, code: 'AMB' }
    : { system: 'http://hl7.org/fhir/resource-types', code: 'Observation' };
}

function dataOf(random: Random): Json {
  const meaning = random.pick(['instance', 'related', 'dependents', 'authoredby']);
  const reference =
    meaning === 'authoredby'
      ? random.pick(WORLD.people)
      : random.pick([...WORLD.encounters, 'Observation/r', 'Condition/r', 'Encounter/r']);
  return { meaning, reference: { reference } };
}

/** Labels that leave a consent an ordinary one. */
const ORDINARY = LABELS.filter(
  ({ code }) => !['42CFRPart2', 'PSYTHPN', 'sud-counseling-notes'].includes(String(code)),
);

/** Criteria of a provision, each kind in some of them. `inner` ones say less: the rest they have from what they stand in. */
function criteria(random: Random, inner: boolean): Json {
  const share = inner ? 0.13 : 0.07;
  const maybe = (name: string, value: () => unknown, chance = share): Json =>
    random.chance(chance) ? { [name]: value() } : {};
  return {
    ...maybe(
      'actor',
      () => Array.from({ length: 1 + random.below(2) }, () => actor(random)),
      inner ? 0.25 : 0.55,
    ),
    ...maybe('purpose', () => random.some(PURPOSES, 1, 3), inner ? 0.15 : 0.3),
    ...maybe('action', () => [
      {
        coding: random
          .some(['access', 'disclose', 'collect', 'correct'], 1, 2)
          .map((code) => ({ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code })),
      },
    ]),
    ...maybe('class', () => Array.from({ length: 1 + random.below(2) }, () => classOf(random))),
    ...maybe('code', () => [{ coding: random.some(WORLD.codes, 1, 2) }]),
    ...maybe('data', () => Array.from({ length: 1 + random.below(2) }, () => dataOf(random)), 0.14),
    ...maybe('period', () => ({
      ...(random.chance(0.5) ? { start: random.pick(['2022', '2023-06-01']) } : {}),
      end: random.pick(['2023-06', '2023-07-01', '2025']),
    })),
    ...maybe('dataPeriod', () => ({
      start: random.pick(['2019-06', '2021-03-05', '2020']),
      ...(random.chance(0.7) ? { end: random.pick(['2022-12-31', '2021-03', '2023-01-01T00:00:00Z']) } : {}),
    })),
    ...maybe('securityLabel', () => random.some(ORDINARY, 1, 2)),
  };
}

function nested(random: Random, depth: number): Json[] {
  const count = random.pick([0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => {
    const inner = depth < 3 ? nested(random, depth + 1) : [];
    return {
      type: random.pick(['permit', 'permit', 'deny']),
      ...criteria(random, true),
      ...(inner.length > 0 ? { provision: inner } : {}),
    };
  });
}

function frame(provision: Json, more: Json): Json {
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: 'Patient/p1' },
    dateTime: '2022-01-01',
    performer: [{ reference: 'Patient/p1' }],
    organization: [{ identifier: { system: 'urn:holdfast:organisation', value: 'st-mary' } }],
    policy: [{ uri: 'https://st-mary.example/privacy' }],
    provision,
    ...more,
  };
}

/** An authorisation that the law asks for: by 42 CFR 2.31, for legal proceedings, or for notes of one kind. */
function authorisation(random: Random): Json {
  const identifier = { system: 'urn:holdfast:organisation', value: random.pick(WORLD.members) };
  const kind = random.below(5);
  const label = kind < 3 ? '42CFRPart2' : kind === 3 ? 'PSYTHPN' : 'sud-counseling-notes';
  const provision = {
    type: 'permit',
    actor: [{ role: { coding: [{ system: PARTICIPATION, code: 'IRCP' }] }, reference: { identifier } }],
    purpose: [
      { system: ACT_REASON, code: kind === 0 ? 'HLEGAL' : random.pick(['TREAT', 'HPAYMT', 'PurposeOfUse']) },
    ],
    period: { end: '2030' },
    securityLabel: [LABELS.find(({ code }) => code === label)],
  };
  return frame(provision, {});
}

/** A Consent that can be enforced. */
export function generateConsent(random: Random): Json {
  if (random.chance(0.16)) return authorisation(random);
  const inner = nested(random, 1);
  const root = { ...criteria(random, false), ...(inner.length > 0 ? { provision: inner } : {}) };
  const kind = random.below(10);
  const policyRule = (code: string) => ({ policyRule: { coding: [{ system: ACT_CODE, code }] } });
  if (kind === 0) return frame(root, policyRule('OPTIN'));
  if (kind === 1) return frame(root, policyRule('OPTOUT'));
  if (kind === 2 && inner.length > 0) return frame(root, {});
  return frame({ type: kind < 9 ? 'permit' : 'deny', ...root }, {});
}

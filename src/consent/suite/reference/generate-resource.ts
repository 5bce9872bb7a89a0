import type { Resource } from '../../../r4/index.ts';
import type { Json } from './consent-case.ts';
import type { Random } from './random.ts';

/** The small world of the suite: few of everything, so that rules and resources meet. */
export const WORLD = {
  members: ['st-mary', 'lakeside', 'meridian'],
  people: ['Practitioner/1', 'Practitioner/2', 'RelatedPerson/1'],
  teams: ['CareTeam/1', 'Group/1', 'Organization/1', 'PractitionerRole/1'],
  encounters: ['Encounter/1', 'Encounter/2'],
  dates: [
    '2019',
    '2020-06',
    '2021-03-05',
    '2021-03-05T10:00:00Z',
    '2022-12-31',
    '2023',
    '2023-01-01T00:00:00.000Z',
  ],
  codes: [
    { system: 'http://loinc.org', code: '2339-0' },
    { system: 'http://loinc.org', code: '85354-9' },
    { system: 'http://snomed.info/sct', code: '44054006' },
    { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F10.20' },
  ],
  categories: [
    { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
    { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
  ],
  profiles: ['http://example.org/profile/a', 'http://example.org/profile/b'],
  types: ['Observation', 'Condition', 'Encounter', 'DocumentReference', 'MedicationRequest'],
} as const;

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Labels of every kind that a rule can name. */
export const LABELS: readonly Json[] = [
  ...['L', 'N', 'N', 'R', 'V'].map((code) => ({ system: CONFIDENTIALITY, code })),
  ...['ETH', 'HIV', 'MH', '42CFRPart2', '42CFRPart2', 'PSYTHPN'].map((code) => ({ system: ACT_CODE, code })),
  { system: 'urn:holdfast:sensitivity', code: 'sud-counseling-notes' },
];

const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

/** Mostly such as a rule leaves out: nobody labels a part to say that it is like the rest. */
const INLINE_LABELS = LABELS.filter(({ code }) => code !== 'N' && code !== 'L');

const reference = (to: string) => ({ reference: to });

function inlineLabel(random: Random): Json {
  return { extension: [{ url: INLINE, valueCoding: random.pick(INLINE_LABELS) }] };
}

/** Where a type says when. */
function when(type: string, random: Random): Json {
  if (random.chance(0.15)) return {};
  const at = random.pick(WORLD.dates);
  const period = {
    start: random.pick(['2019-05', '2020', '2022-11-30']),
    end: random.pick(['2022-12', '2023-02-01']),
  };
  switch (type) {
    case 'Observation':
      return random.chance(0.7) ? { effectiveDateTime: at } : { effectivePeriod: period };
    case 'Condition':
      return random.chance(0.5) ? { onsetDateTime: at } : { recordedDate: at };
    case 'Encounter':
      return { period };
    case 'DocumentReference':
      return { date: '2021-03-05T10:00:00.000Z' };
    default:
      return { authoredOn: at };
  }
}

/** Who wrote a type. */
function by(type: string, random: Random): Json {
  if (random.chance(0.3)) return {};
  const who = reference(random.pick(WORLD.people));
  const element: Record<string, Json> = {
    Observation: { performer: [who] },
    Condition: random.chance(0.5) ? { recorder: who } : { asserter: who },
    Encounter: {},
    DocumentReference: { author: [who] },
    MedicationRequest: { requester: who },
  };
  return element[type] ?? {};
}

/** A resource of patient p1, as valid as the decision needs it. */
export function generateResource(random: Random, type: string, id: string): Resource {
  const security = random.some(LABELS, 0, 2);
  const profile = random.some(WORLD.profiles, 0, 1);
  const meta = { ...(security.length > 0 ? { security } : {}), ...(profile.length > 0 ? { profile } : {}) };
  const about = type === 'Encounter' ? {} : encounterOf(type, random);
  const code = { coding: random.some(WORLD.codes, 1, 2) };
  return {
    resourceType: type,
    id,
    ...(Object.keys(meta).length > 0 ? { meta } : {}),
    subject: reference('Patient/p1'),
    ...(random.chance(0.5) ? { category: [{ coding: random.some(WORLD.categories, 1, 2) }] } : {}),
    ...(type === 'Encounter'
      ? { class: { system: ACT_CODE, code: random.pick(['AMB', 'IMP']) }, reasonCode: [code] }
      : {
          [type === 'MedicationRequest'
            ? 'medicationCodeableConcept'
            : type === 'DocumentReference'
              ? 'type'
              : 'code']: code,
        }),
    ...about,
    ...when(type, random),
    ...by(type, random),
    ...(type === 'Observation' ? parts(random) : {}),
    ...(type !== 'Encounter' && type !== 'DocumentReference' && random.chance(0.4)
      ? { note: [{ text: 'x', ...inlineLabel(random) }] }
      : {}),
  };
}

function encounterOf(type: string, random: Random): Json {
  if (random.chance(0.35)) return {};
  const encounter = reference(random.pick(WORLD.encounters));
  return type === 'DocumentReference' ? { context: { encounter: [encounter] } } : { encounter };
}

/** Elements with labels of their own: an object in a list, a primitive, and one without. */
function parts(random: Random): Json {
  if (random.chance(0.25)) return {};
  const component = [
    { code: { coding: [random.pick(WORLD.codes)] } },
    { code: { coding: [random.pick(WORLD.codes)] }, ...inlineLabel(random) },
  ];
  return {
    component,
    ...(random.chance(0.5) ? { valueString: 'x', _valueString: inlineLabel(random) } : {}),
  };
}

import type { Identifier, Patient, RelatedPerson } from '@medplum/fhirtypes';
import { dateOf } from '../calendar.ts';
import { concept, hl7, type Term } from '../code-system.ts';
import type { OrganisationName, Profile } from '../profile.ts';
import type { Random } from '../xoshiro128.ts';
import type { Chart } from './chart.ts';

const MARITAL: Readonly<Record<NonNullable<Profile['marital']>, Term>> = {
  single: hl7('v3-MaritalStatus', 'S', 'Never Married'),
  married: hl7('v3-MaritalStatus', 'M', 'Married'),
  divorced: hl7('v3-MaritalStatus', 'D', 'Divorced'),
  widowed: hl7('v3-MaritalStatus', 'W', 'Widowed'),
};
const PARENT = {
  mother: hl7('v3-RoleCode', 'MTH', 'mother'),
  father: hl7('v3-RoleCode', 'FTH', 'father'),
} as const;
const NUMBER_TYPE: Readonly<Record<OrganisationName, Term>> = {
  'st-mary': hl7('v2-0203', 'MR', 'Medical record number'),
  lakeside: hl7('v2-0203', 'MR', 'Medical record number'),
  meridian: hl7('v2-0203', 'MB', 'Member Number'),
  aurora: hl7('v2-0203', 'PI', 'Patient internal identifier'),
};
const NUMBER_PREFIX: Readonly<Record<OrganisationName, string>> = {
  'st-mary': 'SM-',
  lakeside: 'LC',
  meridian: 'MRD',
  aurora: 'AUR-',
};
const STREETS = [
  'Harbor Street',
  'Quarry Lane',
  'Orchard Road',
  'Mill Terrace',
  'Foundry Row',
  'Gull Avenue',
] as const;
/** Invented towns; no such postal codes are in use. */
const TOWNS = [
  ['Port Ellery', '04990'],
  ['Dunmore Falls', '04991'],
  ['Kettle Cove', '04997'],
] as const;
const LANGUAGE_NAME: Readonly<Record<string, string>> = {
  en: 'English',
  es: 'Spanish',
  vi: 'Vietnamese',
  ar: 'Arabic',
  pl: 'Polish',
  fr: 'French',
  zh: 'Chinese',
  ko: 'Korean',
};

/** What a chart does not know of its Patient. */
export interface Registration {
  readonly id: string;
  /** Whether the organisation treats the person, and so names a practitioner. */
  readonly treated: boolean;
  /** The person's ids at other organisations, where the link is known. */
  readonly elsewhere: readonly { readonly organisation: OrganisationName; readonly patient: string }[];
}

/** Returns the address and telephone of a person: the same at every organisation, so the draw is forked by name. */
function contact(random: Random): Pick<Patient, 'address' | 'telecom'> {
  const [city, postalCode] = random.pick(TOWNS);
  const line = `${random.integer(2, 198)} ${random.pick(STREETS)}`;
  const telephone = `+1-207-555-01${random.integer(10, 99)}`;
  return {
    telecom: [{ system: 'phone', value: telephone, use: 'home' }],
    address: [{ use: 'home', line: [line], city, state: 'ME', postalCode, country: 'US' }],
  };
}

/** Returns the identifiers of a Patient: the organisation's own number, and the known ids elsewhere. */
function identifiers(chart: Chart, registration: Registration): Identifier[] {
  const organisation = chart.site.name;
  return [
    {
      use: 'usual',
      type: concept(NUMBER_TYPE[organisation]),
      system: `urn:holdfast:demo:number:${organisation}`,
      value: `${NUMBER_PREFIX[organisation]}${chart.random.integer(1_000_000, 9_999_999)}`,
    },
    ...registration.elsewhere.map((other) => ({
      system: `urn:holdfast:patient:${other.organisation}`,
      value: other.patient,
    })),
  ];
}

/** Adds the Patient of a chart, and a child's parent as RelatedPerson; `random` is the person's, not the chart's. */
export function register(chart: Chart, registration: Registration, random: Random): void {
  const { profile, site } = chart;
  const { marital, language, parent } = profile;
  chart.add<Patient>(
    {
      resourceType: 'Patient',
      identifier: identifiers(chart, registration),
      active: true,
      name: [{ use: 'official', family: profile.family, given: [...profile.given] }],
      ...contact(random.fork('contact')),
      gender: profile.sex,
      birthDate: dateOf(chart.body.bornMs),
      ...(marital === undefined ? {} : { maritalStatus: concept(MARITAL[marital]) }),
      communication: [
        {
          language: {
            coding: [
              { system: 'urn:ietf:bcp:47', code: language, display: LANGUAGE_NAME[language] ?? language },
            ],
          },
          preferred: true,
        },
      ],
      ...(registration.treated ? { generalPractitioner: [site.clinicians[0]] } : {}),
      managingOrganization: site.organisation,
    },
    undefined,
    registration.id,
  );
  if (parent === undefined) return;
  const [given, family, relation] = parent;
  chart.add<RelatedPerson>({
    resourceType: 'RelatedPerson',
    active: true,
    patient: chart.patient,
    relationship: [concept(PARENT[relation])],
    name: [{ use: 'official', family, given: [given] }],
    gender: relation === 'mother' ? 'female' : 'male',
  });
}

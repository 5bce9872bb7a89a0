import { sha256Native } from '../crypto/index.ts';
import { roleReaches, roles } from '../identity/index.ts';
import { canonicalize } from '../proof/index.ts';
import { EMERGENCY_REASONS, EMERGENCY_RULES } from './emergency.ts';
import type { Protection } from './law-profile.ts';
import { MINIMUM_NECESSARY } from './minimum-necessary.ts';
import type { OrganisationPolicy, PolicyProfile } from './organisation-policy.ts';
import type { PolicyLayer } from './policy-layer.ts';

/** A rule of a layer, as somebody reads it. */
export interface LayerRule {
  readonly words: string;
  /** The clause that it comes from; what is the organisation's own choice says so. */
  readonly source: string;
}

/** One layer in force. */
export interface LayerInForce {
  readonly layer: PolicyLayer;
  readonly title: string;
  readonly version: string;
  readonly rules: readonly LayerRule[];
}

/** The layers that an organisation decides by, in the order in which they are asked. */
export interface PolicyInForce {
  readonly organisation: string;
  readonly profile: PolicyProfile;
  readonly layers: readonly LayerInForce[];
  /** What breaking the glass opens. */
  readonly emergency: readonly LayerRule[];
  /** What data the layers take for sensitive, by which codes. */
  readonly labelling: { readonly version: string; readonly rules: readonly LayerRule[] };
}

/** Hex digits of the version of the organisation's layer, as of the label rules. */
const VERSION_DIGITS = 16; // no two policies that an organisation ever has share one
const PATIENT_VERSION = 'FHIR R4 Consent';

const NEEDS: Readonly<Record<Protection['needs'], string>> = {
  'part-2-consent': 'another organisation needs a consent with the elements that the rule names',
  named: 'another organisation needs a consent that names this kind of data',
  authorisation: 'another organisation needs an authorisation for this and nothing else',
};

const codesOf = (labels: readonly string[]): string =>
  labels.map((label) => label.slice(label.indexOf('|') + 1)).join(', ');

function lawRules({ law }: OrganisationPolicy): LayerRule[] {
  if (law.protections.length + law.minorServices.length === 0) return [];
  return [
    {
      words: `A parent asks for a child until the age of ${law.majorityYears}.`,
      source: '45 CFR 164.502(g)(3)',
    },
    ...law.protections.map(({ labels, needs, inside, notInsideFor, source }) => ({
      words: [
        `Labelled ${codesOf(labels)}: ${NEEDS[needs]}`,
        inside === 'originator' ? '; here only who wrote it, for treatment' : '',
        notInsideFor.length === 0 ? '.' : `; without one never for ${notInsideFor.join(', ')}.`,
      ].join(''),
      source,
    })),
    ...law.minorServices.map(({ labels, fromYears, source }) => ({
      words: `Labelled ${codesOf(labels)}: ${fromYears === 0 ? 'at any age' : `from ${fromYears} years`} a minor obtains it alone, and a parent does not see it.`,
      source,
    })),
  ];
}

function organisationRules({ named }: OrganisationPolicy): LayerRule[] {
  if (named.length === 0) return [];
  return [
    {
      words: `The organisation’s own people may use the record for ${named.join(', ')}, unless the patient denies it.`,
      source: '45 CFR 164.506(c)',
    },
    ...MINIMUM_NECESSARY.map(({ purposes, types, source }) => ({
      words: `For ${purposes.join(', ')} no more than ${types.join(', ')}.`,
      source,
    })),
    ...roles.map((role) => ({
      words: `As ${role} no more than ${roleReaches[role].types}, for ${roleReaches[role].purposes.join(', ')}.`,
      source: '45 CFR 164.514(d)(2)',
    })),
  ];
}

/** Digest of the rules: another version whenever they say something else. */
function versionOf(rules: readonly LayerRule[]): string {
  return sha256Native(canonicalize(rules)).toString('hex').slice(0, VERSION_DIGITS);
}

const PATIENT_RULES: readonly LayerRule[] = [
  {
    words: 'Patients read their own record, whatever else is decided.',
    source: '45 CFR 164.524',
  },
  {
    words:
      'A patient’s denial wins over every permission; without a consent nothing goes to another organisation.',
    source: 'FHIR R4 Consent.provision; 45 CFR 164.522(a)',
  },
];

function emergencyRules({ law }: OrganisationPolicy): LayerRule[] {
  const reasons = Object.entries(EMERGENCY_REASONS).map(([code, { words, source }]) => ({
    words: `${code}: ${words}`,
    source,
  }));
  const protections = law.protections.map(({ id, labels }) => {
    const { reasons: opening = [], source = '' } = EMERGENCY_RULES[id] ?? {};
    const when = opening.length === 0 ? 'stays closed' : `opens for ${opening.join(', ')}`;
    return { words: `Labelled ${codesOf(labels)}: ${when}.`, source };
  });
  return [...reasons, ...protections];
}

function labellingRules({ labels: { sets, part2Program } }: OrganisationPolicy): LayerRule[] {
  const who = part2Program === 'organisation' ? 'this organisation' : part2Program?.join(', ');
  const program = {
    words: `What ${who} makes, receives or acquires of a patient: 42CFRPart2.`,
    source: '42 CFR 2.11 (Program, Records)',
  };
  const byCode = sets.map(({ title, labels, source }) => ({
    words: `${title}: ${codesOf(labels)}.`,
    source,
  }));
  return part2Program === undefined ? byCode : [program, ...byCode];
}

/** The layers that a policy is made of, each rule with its source. */
export function layersOf(
  organisation: string,
  profile: PolicyProfile,
  policy: OrganisationPolicy,
): PolicyInForce {
  const { law } = policy;
  const ofOrganisation = organisationRules(policy);
  const layers: LayerInForce[] = [
    { layer: 'law', title: law.title, version: `${law.id} ${law.version}`, rules: lawRules(policy) },
    {
      layer: 'organisation',
      title: policy.named.length === 0 ? 'None' : 'Treatment, payment, operations; the minimum necessary',
      version: versionOf(ofOrganisation),
      rules: ofOrganisation,
    },
    {
      layer: 'patient',
      title: 'What patients consent to and deny',
      version: PATIENT_VERSION,
      rules: PATIENT_RULES,
    },
  ];
  const labelling = { version: policy.labels.version, rules: labellingRules(policy) };
  return { organisation, profile, layers, emergency: emergencyRules(policy), labelling };
}

import { LABEL } from './sensitivity.ts';

/** A rule of law that asks for more than a consent or a policy that speaks of the purpose. */
export interface Protection {
  readonly id: string;
  /** `system|code` of the labels it protects. */
  readonly labels: readonly string[];
  /**
   * What lets the data go to another organisation: `part-2-consent` a consent with the elements of 42 CFR 2.31; `named` one whose
   * provision names the label; `authorisation` one that names it and nothing else.
   */
  readonly needs: 'part-2-consent' | 'named' | 'authorisation';
  /** Inside the organisation: `anyone` as the policy says, `originator` only who wrote it, for treatment. */
  readonly inside: 'anyone' | 'originator';
  /** Purposes for which the policy inside the organisation never suffices, as PurposeOfUse codes. */
  readonly notInsideFor: readonly string[];
  readonly source: string;
}

/** What a minor may obtain without a parent, who then does not see it. */
export interface MinorService {
  readonly labels: readonly string[];
  /** Age from which the minor consents alone. */
  readonly fromYears: number;
  readonly source: string;
}

/** The law that a decision is made under: versioned, with its sources, shown to whoever asks. */
export interface LawProfile {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** Age at which a parent's right to ask for the child ends. */
  readonly majorityYears: number;
  readonly minorServices: readonly MinorService[];
  readonly protections: readonly Protection[];
}

const PART_2: Protection = {
  id: '42 CFR Part 2',
  labels: [LABEL.part2],
  needs: 'part-2-consent',
  inside: 'anyone',
  notInsideFor: ['HLEGAL'],
  source: '42 CFR 2.12(c)(3), 2.13, 2.31, 2.33 (89 FR 12472, 16 February 2024)',
};

const COUNSELLING: Protection = {
  id: '42 CFR 2.31(b)',
  labels: [LABEL.counsellingNotes],
  needs: 'authorisation',
  inside: 'originator',
  notInsideFor: ['HLEGAL'],
  source: '42 CFR 2.11, 2.31(b) (89 FR 12472, 16 February 2024)',
};

const PSYCHOTHERAPY: Protection = {
  id: '45 CFR 164.508(a)(2)',
  labels: [LABEL.psychotherapyNotes],
  needs: 'authorisation',
  inside: 'originator',
  notInsideFor: [],
  source: '45 CFR 164.501, 164.508(a)(2), 164.508(b)(3)(ii)',
};

const SUBSTANCE_USE = [
  LABEL.part2,
  LABEL.substanceUse,
  LABEL.substanceUseDisorder,
  LABEL.alcoholUse,
  LABEL.opioidUse,
];
const MENTAL_HEALTH = [LABEL.mentalHealth, LABEL.psychiatry, LABEL.psychotherapyNotes];
const REPRODUCTIVE = [LABEL.sexualHealth, LABEL.sexuallyTransmitted];

/** Federal law alone; the ages at which minors consent are left to the states, so that a parent sees what no state rule withholds. */
export const FEDERAL: LawProfile = {
  id: 'us',
  version: '2024-04-16',
  title: 'United States, federal',
  majorityYears: 18,
  minorServices: [
    {
      labels: [LABEL.part2],
      fromYears: 0,
      source:
        '42 CFR 2.14(b): where state law lets the minor apply for treatment alone, only the minor consents to disclosure, to parents too',
    },
  ],
  protections: [PART_2, COUNSELLING, PSYCHOTHERAPY],
};

/** California. */
export const CALIFORNIA: LawProfile = {
  id: 'us-ca',
  version: '2024-07-01',
  title: 'California',
  majorityYears: 18,
  minorServices: [
    {
      labels: SUBSTANCE_USE,
      fromYears: 12,
      source: 'Cal. Family Code 6929(b); Health & Safety Code 123115(a)(1)',
    },
    {
      labels: MENTAL_HEALTH,
      fromYears: 12,
      source:
        'Cal. Family Code 6924(b) as amended by AB 665 (2023); Health & Safety Code 124260, 123115(a)(1)',
    },
    {
      labels: [...REPRODUCTIVE, LABEL.hiv],
      fromYears: 12,
      source: 'Cal. Family Code 6926 (communicable disease); 6925 (pregnancy, any age)',
    },
    { labels: [LABEL.sexualHealth], fromYears: 0, source: 'Cal. Family Code 6925(a)' },
    { labels: [LABEL.violence], fromYears: 12, source: 'Cal. Family Code 6927, 6928, 6930' },
  ],
  protections: [
    ...FEDERAL.protections,
    {
      id: 'Cal. H&S 120980(g)',
      labels: [LABEL.hiv],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source: 'Cal. Health & Safety Code 120980(g): written authorization for each disclosure of an HIV test',
    },
    {
      id: 'Cal. Civ. Code 56.17',
      labels: [LABEL.genetic],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source: 'Cal. Civil Code 56.17(g): written authorization for each disclosure of genetic test results',
    },
  ],
};

/** New York. */
export const NEW_YORK: LawProfile = {
  id: 'us-ny',
  version: '2024-07-01',
  title: 'New York',
  majorityYears: 18,
  minorServices: [
    {
      labels: SUBSTANCE_USE,
      fromYears: 0,
      source: 'N.Y. Mental Hygiene Law 22.11(c)',
    },
    {
      labels: [...REPRODUCTIVE, LABEL.hiv],
      fromYears: 0,
      source: 'N.Y. Public Health Law 2305(2), 2781, 17',
    },
    { labels: MENTAL_HEALTH, fromYears: 12, source: 'N.Y. Mental Hygiene Law 33.16(c)(2), 33.21(c)' },
  ],
  protections: [
    ...FEDERAL.protections,
    {
      id: 'N.Y. PHL 2782',
      labels: [LABEL.hiv],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source:
        'N.Y. Public Health Law 2780(9), 2782(1)(b): release that specifically authorizes HIV related information',
    },
    {
      id: 'N.Y. MHL 33.13',
      labels: [LABEL.mentalHealth, LABEL.psychiatry],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source: 'N.Y. Mental Hygiene Law 33.13(c)(7), (d)',
    },
    {
      id: 'N.Y. Civ. Rights Law 79-l',
      labels: [LABEL.genetic],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source: 'N.Y. Civil Rights Law 79-l(3)',
    },
  ],
};

/** No law beyond the consents themselves: the policy profile `consent-only`. */
export const NO_LAW: LawProfile = {
  id: 'none',
  version: '1',
  title: 'Consents only',
  majorityYears: 18,
  minorServices: [],
  protections: [],
};

/** Every law profile, by its own id. */
export const LAW_PROFILES: ReadonlyMap<string, LawProfile> = new Map(
  [FEDERAL, CALIFORNIA, NEW_YORK, NO_LAW].map((profile) => [profile.id, profile]),
);

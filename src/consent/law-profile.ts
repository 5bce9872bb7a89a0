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
        '42 CFR 2.14(a): where state law lets the minor apply for treatment alone, only the minor consents to disclosure, to parents too',
    },
  ],
  protections: [PART_2, COUNSELLING, PSYCHOTHERAPY],
};

/** California. What a minor may obtain alone, Health & Safety Code 123115(a) keeps from parents. */
export const CALIFORNIA: LawProfile = {
  id: 'us-ca',
  version: '2026-11-29',
  title: 'California',
  majorityYears: 18,
  minorServices: [
    {
      labels: SUBSTANCE_USE,
      fromYears: 12,
      source: 'Cal. Family Code 6929(b); Health & Safety Code 123115(a)(1), (3)',
    },
    {
      labels: MENTAL_HEALTH,
      fromYears: 12,
      source:
        'Cal. Family Code 6924(b) as amended by AB 665 from 1 July 2024; Health & Safety Code 124260(b), 123115(a)(1), (3)',
    },
    {
      labels: [LABEL.sexuallyTransmitted, LABEL.hiv],
      fromYears: 12,
      source:
        'Cal. Family Code 6926 (communicable and sexually transmitted); Health & Safety Code 121020(a)(1) (HIV)',
    },
    {
      labels: [LABEL.sexualHealth],
      fromYears: 0,
      source: 'Cal. Family Code 6925(a): prevention and treatment of pregnancy, at any age',
    },
    {
      // The label does not tell sexual assault, which has no age, from rape and a partner's violence, which have 12.
      labels: [LABEL.violence],
      fromYears: 0,
      source:
        'Cal. Family Code 6928(b): sexual assault, at any age; 6927, 6930: rape, intimate partner violence, from 12',
    },
  ],
  protections: [
    ...FEDERAL.protections,
    {
      id: 'Cal. H&S 120980(g)',
      labels: [LABEL.hiv],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source:
        'Cal. Health & Safety Code 120980(a), (g): written authorization for disclosure of an HIV test; 120985(a) exempts treating providers, and is used in emergencies only',
    },
    {
      id: 'Cal. Civ. Code 56.17',
      labels: [LABEL.genetic],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source:
        'Cal. Civil Code 56.17(a), (g): written authorization for disclosure of genetic test results; it binds health care service plans, and is asked for here of everybody',
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
      source:
        'N.Y. Mental Hygiene Law 22.11(c): no age, where a physician finds that parents would do harm, refuse or are not found',
    },
    {
      labels: [LABEL.sexualHealth, LABEL.sexuallyTransmitted, LABEL.hiv],
      fromYears: 0,
      source:
        'N.Y. Public Health Law 17, 2305(2), 2780(5), 2781; 10 NYCRR 23.1, 23.4: no age; HIV among them from 12 April 2017',
    },
    {
      labels: MENTAL_HEALTH,
      fromYears: 12,
      source:
        'N.Y. Mental Hygiene Law 33.21(c): outpatient, no age; 33.16: parents inspect what one of them consented to, and a patient over 12 is told. From 12 is the choice of this profile',
    },
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
        'N.Y. Public Health Law 2782(1)(b), 10 NYCRR 63.5(a): a release of HIV related information, which a general one is not; 2782(1)(d) exempts treating providers, and is used in emergencies only',
    },
    {
      id: 'N.Y. MHL 33.13',
      labels: [LABEL.mentalHealth, LABEL.psychiatry],
      needs: 'named',
      inside: 'anyone',
      notInsideFor: [],
      source:
        'N.Y. Mental Hygiene Law 33.13(c), (d): with consent, to whom needs it; it binds facilities of the mental hygiene offices, and is asked for here of everybody',
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

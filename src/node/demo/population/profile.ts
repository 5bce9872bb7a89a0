import type { CourseName } from './course-name.ts';

/** The demonstration's four organisations, in the order of their ports. */
export const ORGANISATION_NAMES = ['st-mary', 'lakeside', 'meridian', 'aurora'] as const;
/** One of them: hospital, clinic, payer, life sciences. */
export type OrganisationName = (typeof ORGANISATION_NAMES)[number];
/** An organisation that treats patients. */
export type CareOrganisation = Extract<OrganisationName, 'st-mary' | 'lakeside'>;

/** What somebody cannot bear. */
export type AllergyName =
  | 'penicillin'
  | 'peanut'
  | 'latex'
  | 'house-dust-mite'
  | 'tree-pollen'
  | 'sulfonamide'
  | 'egg';
/** The trials of the life sciences company. */
export type StudyName = 'harbor' | 'lantern';

/** A course of disease, and how many years ago it began. */
export type Affliction = readonly [course: CourseName, yearsAgo: number];

/** Everything about an invented person from which the records follow. */
export interface Profile {
  readonly given: readonly [string, ...string[]];
  readonly family: string;
  readonly sex: 'female' | 'male';
  /** Age on the day of generation; a fraction for infants. */
  readonly ageYears: number;
  /** Language of care, BCP 47. */
  readonly language: string;
  readonly marital?: 'single' | 'married' | 'divorced' | 'widowed';
  readonly formerSmoker?: true;
  /** Adult height and weight; a mean of the sex where it is left out. */
  readonly stature?: readonly [heightCm: number, weightKg: number];
  readonly allergies?: readonly AllergyName[];
  /** Mother or father, for a child. */
  readonly parent?: readonly [given: string, family: string, relation: 'mother' | 'father'];
  /** Where the person is treated and for what; the first place is the one of routine visits. */
  readonly care: readonly { readonly at: CareOrganisation; readonly courses: readonly Affliction[] }[];
  /** Years of routine visits on record. */
  readonly historyYears: number;
  /** Since how many years the payer insures the person; not insured there when left out. */
  readonly insuredYears?: number;
  readonly study?: StudyName;
  /** Whether the organisations know already that it is the same person. */
  readonly linked: boolean;
}

/** Returns the names of the organisations that hold a record of the person, in their usual order. */
export function organisationsOf(profile: Profile): OrganisationName[] {
  const treating = new Set<OrganisationName>(profile.care.map((care) => care.at));
  return ORGANISATION_NAMES.filter(
    (name) =>
      treating.has(name) ||
      (name === 'meridian' && profile.insuredYears !== undefined) ||
      (name === 'aurora' && profile.study !== undefined),
  );
}

/** Returns every course of the person, wherever it is treated. */
export function afflictionsOf(profile: Profile): Affliction[] {
  return profile.care.flatMap((care) => care.courses);
}

import type { CourseName } from '../course-name.ts';
import type { Affliction, Profile } from '../profile.ts';
import type { Random } from '../xoshiro128.ts';

const GIVEN = {
  female: [
    'Aveline',
    'Bronwen',
    'Citlali',
    'Daria',
    'Esi',
    'Farah',
    'Greer',
    'Hiroko',
    'Isaura',
    'Jalila',
    'Katja',
    'Lindiwe',
  ],
  male: [
    'Aldous',
    'Bram',
    'Casimir',
    'Desmond',
    'Emil',
    'Finnian',
    'Goran',
    'Hamish',
    'Ivo',
    'Jabari',
    'Kenji',
    'Ludovic',
  ],
} as const;
const FAMILY = [
  'Ashgrove',
  'Bellweather',
  'Castellane',
  'Dunleavy',
  'Eastlake',
  'Farrowdale',
  'Gyamfi',
  'Holmqvist',
  'Ishikawa',
  'Jaramillo',
  'Kestrel',
  'Lombardi',
  'Mwangi',
  'Northcott',
  'Oyelaran',
  'Pemberwick',
] as const;

/** Courses that fit anybody of that age or above. */
const COMMON: readonly (readonly [fromAge: number, CourseName])[] = [
  [20, 'allergic-rhinitis'],
  [20, 'migraine'],
  [25, 'depression'],
  [30, 'reflux'],
  [35, 'hypothyroidism'],
  [38, 'hypertension'],
  [40, 'hyperlipidemia'],
  [40, 'diabetes'],
  [50, 'gout'],
  [60, 'osteoporosis'],
  [62, 'atrial-fibrillation'],
];
const AGES = [19, 88] as const;
/** The record of an invented person goes back at least and at most so many years. */
const HISTORY_YEARS = [5, 10] as const;
/** Share of people treated at both care organisations. */
const TWO_PLACES = 0.3;
/** Share of people insured with the payer. */
const INSURED = 0.4;

/** Returns a name that nobody with another index has, for the first 3,072; doubled when the single ones are used up. */
function nameOf(sex: 'female' | 'male', index: number): [given: string, family: string] {
  const place = index % FAMILY.length;
  const round = Math.floor(index / FAMILY.length);
  const doubled = Math.floor(round / GIVEN[sex].length);
  const given = GIVEN[sex][(place + round) % GIVEN[sex].length] ?? GIVEN[sex][0];
  const family = FAMILY[place] ?? FAMILY[0];
  const second = FAMILY[(place + doubled) % FAMILY.length] ?? FAMILY[0];
  return [given, doubled === 0 ? family : `${family}-${second}`];
}

/** Returns a further person, drawn and not written by hand: the `index` keeps names apart. */
export function inventProfile(random: Random, index: number): Profile {
  const sex = random.pick(['female', 'male']);
  const ageYears = random.between(...AGES);
  const historyYears = random.integer(...HISTORY_YEARS);
  const fitting = COMMON.filter(([fromAge]) => ageYears >= fromAge).map(([, course]) => course);
  const courses = fitting
    .filter(() => random.chance(0.3))
    .slice(0, 3)
    .map((course): Affliction => [course, random.between(1, historyYears)]);
  const [first, second] = random.chance(0.5)
    ? (['st-mary', 'lakeside'] as const)
    : (['lakeside', 'st-mary'] as const);
  const [given, family] = nameOf(sex, index);
  return {
    given: [given],
    family,
    sex,
    ageYears,
    language: 'en',
    marital: random.pick(['single', 'married', 'divorced']),
    care: random.chance(TWO_PLACES)
      ? [
          { at: first, courses },
          { at: second, courses: [] },
        ]
      : [{ at: first, courses }],
    historyYears,
    ...(random.chance(INSURED) ? { insuredYears: random.integer(2, 5) } : {}),
    linked: random.chance(0.5),
  };
}

import type { Profile } from '../profile.ts';

/** Adults whose record is shaped by diseases of the heart, vessels, kidneys, lungs and metabolism. */
export const ADULTS_WITH_CHRONIC_DISEASE: readonly Profile[] = [
  {
    given: ['Ana', 'Lucía'],
    family: 'Reyes',
    sex: 'female',
    ageYears: 52.4,
    language: 'es',
    marital: 'married',
    stature: [161, 79],
    allergies: ['penicillin'],
    care: [
      {
        at: 'st-mary',
        courses: [
          ['diabetes', 7.6],
          ['hypertension', 8.4],
        ],
      },
      { at: 'lakeside', courses: [['migraine', 3.2]] },
    ],
    historyYears: 7,
    insuredYears: 4.5,
    linked: false,
  },
  {
    given: ['Samuel'],
    family: 'Okafor',
    sex: 'male',
    ageYears: 61.8,
    language: 'en',
    marital: 'married',
    formerSmoker: true,
    stature: [181, 96],
    care: [
      {
        at: 'lakeside',
        courses: [
          ['hypertension', 8],
          ['hyperlipidemia', 6.5],
          ['gout', 4.3],
        ],
      },
      { at: 'st-mary', courses: [['coronary-disease', 3.7]] },
    ],
    historyYears: 7,
    insuredYears: 4,
    linked: true,
  },
  {
    given: ['Walter', 'Ames'],
    family: 'Penhaligon',
    sex: 'male',
    ageYears: 88.2,
    language: 'en',
    marital: 'widowed',
    formerSmoker: true,
    stature: [172, 74],
    allergies: ['sulfonamide'],
    care: [
      {
        at: 'st-mary',
        courses: [
          ['hypertension', 8.3],
          ['atrial-fibrillation', 4.6],
          ['heart-failure', 3.6],
        ],
      },
    ],
    historyYears: 8,
    linked: false,
  },
  {
    given: ['Theodoros'],
    family: 'Papadakis',
    sex: 'male',
    ageYears: 72.1,
    language: 'en',
    marital: 'married',
    formerSmoker: true,
    care: [
      {
        at: 'st-mary',
        courses: [
          ['copd', 5.8],
          ['hypertension', 7.2],
        ],
      },
    ],
    historyYears: 7,
    insuredYears: 4,
    linked: true,
  },
  {
    given: ['Ingrid', 'Maren'],
    family: 'Solberg',
    sex: 'female',
    ageYears: 70.6,
    language: 'en',
    marital: 'divorced',
    care: [
      {
        at: 'st-mary',
        courses: [
          ['hypertension', 7.9],
          ['chronic-kidney-disease', 5.2],
        ],
      },
    ],
    historyYears: 8,
    linked: false,
  },
  {
    given: ['Rosa', 'Amelia'],
    family: 'Delgado',
    sex: 'female',
    ageYears: 66.3,
    language: 'es',
    marital: 'widowed',
    stature: [157, 77],
    care: [
      {
        at: 'st-mary',
        courses: [
          ['diabetes', 6.4],
          ['knee-osteoarthritis', 4.8],
        ],
      },
    ],
    historyYears: 6,
    study: 'harbor',
    linked: false,
  },
  {
    given: ['Owen'],
    family: 'Gallagher',
    sex: 'male',
    ageYears: 55.5,
    language: 'en',
    marital: 'married',
    stature: [178, 101],
    care: [
      {
        at: 'lakeside',
        courses: [
          ['diabetes', 5.7],
          ['hyperlipidemia', 5.7],
        ],
      },
    ],
    historyYears: 6,
    insuredYears: 4,
    study: 'harbor',
    linked: true,
  },
  {
    given: ['Luca'],
    family: 'Moretti',
    sex: 'male',
    ageYears: 49.9,
    language: 'en',
    marital: 'single',
    care: [
      {
        at: 'lakeside',
        courses: [
          ['hypertension', 5.1],
          ['reflux', 3.5],
        ],
      },
    ],
    historyYears: 6,
    insuredYears: 3.5,
    linked: false,
  },
  {
    given: ['Minh', 'Quân'],
    family: 'Trần',
    sex: 'male',
    ageYears: 63.2,
    language: 'vi',
    marital: 'married',
    stature: [166, 66],
    care: [
      {
        at: 'st-mary',
        courses: [
          ['hyperlipidemia', 6.2],
          ['gout', 5],
        ],
      },
    ],
    historyYears: 6,
    insuredYears: 4,
    linked: false,
  },
];

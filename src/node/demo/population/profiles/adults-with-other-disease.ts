import type { Profile } from '../profile.ts';

/** Adults with cancer, joint, thyroid and nervous disease, or hardly any disease at all. */
export const ADULTS_WITH_OTHER_DISEASE: readonly Profile[] = [
  {
    given: ['Beatrix'],
    family: 'Vandermeer',
    sex: 'female',
    ageYears: 58.7,
    language: 'en',
    marital: 'married',
    care: [
      { at: 'lakeside', courses: [['hypothyroidism', 7.1]] },
      { at: 'st-mary', courses: [['breast-cancer', 3.9]] },
    ],
    historyYears: 7,
    study: 'lantern',
    linked: true,
  },
  {
    given: ['Edith', 'Rowena'],
    family: 'Marlowe',
    sex: 'female',
    ageYears: 90.1,
    language: 'en',
    marital: 'widowed',
    stature: [155, 54],
    allergies: ['latex'],
    care: [
      {
        at: 'lakeside',
        courses: [
          ['osteoporosis', 8.2],
          ['alzheimer', 4.1],
        ],
      },
      { at: 'st-mary', courses: [['wrist-fracture', 2.6]] },
    ],
    historyYears: 8,
    linked: true,
  },
  {
    given: ['Priya'],
    family: 'Nair',
    sex: 'female',
    ageYears: 47.3,
    language: 'en',
    marital: 'married',
    allergies: ['tree-pollen'],
    care: [
      {
        at: 'st-mary',
        courses: [
          ['rheumatoid-arthritis', 5.4],
          ['allergic-rhinitis', 7],
        ],
      },
    ],
    historyYears: 7,
    insuredYears: 3.5,
    linked: true,
  },
  {
    given: ['Leila'],
    family: 'Rahimi',
    sex: 'female',
    ageYears: 41.5,
    language: 'en',
    marital: 'married',
    care: [{ at: 'lakeside', courses: [['hypothyroidism', 4.9]] }],
    historyYears: 6,
    insuredYears: 4,
    linked: false,
  },
  {
    given: ['Hana'],
    family: 'Kim',
    sex: 'female',
    ageYears: 27.8,
    language: 'ko',
    marital: 'single',
    allergies: ['tree-pollen', 'house-dust-mite'],
    care: [
      {
        at: 'lakeside',
        courses: [
          ['allergic-rhinitis', 4.4],
          ['migraine', 3.1],
        ],
      },
    ],
    historyYears: 6,
    linked: false,
  },
  {
    given: ['Marcus', 'Eliot'],
    family: 'Fairweather',
    sex: 'male',
    ageYears: 35.4,
    language: 'en',
    marital: 'single',
    care: [{ at: 'st-mary', courses: [['reflux', 2.4]] }],
    historyYears: 6,
    linked: false,
  },
];

import type { Profile } from '../profile.ts';

/** Adults parts of whose record carry security labels: mental health, substance use, HIV. */
export const ADULTS_WITH_SENSITIVE_RECORDS: readonly Profile[] = [
  {
    given: ['Kwame'],
    family: 'Boateng',
    sex: 'male',
    ageYears: 44.6,
    language: 'en',
    marital: 'divorced',
    care: [
      { at: 'lakeside', courses: [['depression', 4.5]] },
      { at: 'st-mary', courses: [['alcohol-use', 5.5]] },
    ],
    historyYears: 6,
    linked: false,
  },
  {
    given: ['Tomasz'],
    family: 'Wieczorek',
    sex: 'male',
    ageYears: 38.9,
    language: 'pl',
    marital: 'single',
    care: [
      { at: 'lakeside', courses: [['opioid-use', 4]] },
      { at: 'st-mary', courses: [['wrist-fracture', 4.6]] },
    ],
    historyYears: 6,
    insuredYears: 3.5,
    linked: false,
  },
  {
    given: ['Elias', 'Jon'],
    family: 'Lindqvist',
    sex: 'male',
    ageYears: 29.7,
    language: 'en',
    marital: 'single',
    care: [{ at: 'lakeside', courses: [['hiv', 4.8]] }],
    historyYears: 6,
    insuredYears: 3.5,
    linked: true,
  },
];

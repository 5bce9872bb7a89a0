import { DAY_MS, dateOf } from '../calendar.ts';
import { icd10cm, loinc, snomed, type Term } from '../code-system.ts';
import type { VisitKind } from '../records/encounter.ts';
import { type Medicine, oral } from '../terminology/medicine.ts';
import { ACETAMINOPHEN_500, NAPROXEN_500 } from '../terminology/medicines.ts';

/** An illness that comes and goes. */
export interface AcuteIllness {
  readonly diagnosis: Term;
  /** Ages in years at which it is met. */
  readonly ages: readonly [from: number, to: number];
  readonly sex?: 'female';
  readonly kind: VisitKind;
  readonly temperature: number;
  readonly days: number;
  readonly medicine?: Medicine;
  readonly test?: readonly [test: Term, finding: Term];
  /** Dates between which the code, or the illness itself, existed. */
  readonly from?: string;
  readonly until?: string;
}

const POSITIVE = snomed('10828004', 'Positive');
const DETECTED = snomed('260373001', 'Detected');
const AMOXICILLIN = oral('308182', 'amoxicillin 250 MG Oral Capsule', 'three times a day', 10);
const NITROFURANTOIN = oral('311995', 'nitrofurantoin, macrocrystals 50 MG Oral Capsule', 'twice a day', 5);
const LOW_BACK_PAIN = {
  ages: [22, 80],
  kind: 'symptom',
  temperature: 36.8,
  days: 21,
  medicine: NAPROXEN_500,
} as const;

/** Given instead of amoxicillin to those who cannot bear penicillin. */
export const AZITHROMYCIN = oral('308460', 'azithromycin 250 MG Oral Tablet', 'once a day', 5);
/** The medicine that a penicillin allergy rules out. */
export const PENICILLIN: Medicine = AMOXICILLIN;

/** What people come with between their regular visits. */
export const ACUTE_ILLNESSES: readonly AcuteIllness[] = [
  {
    diagnosis: icd10cm('J06.9', 'Acute upper respiratory infection, unspecified'),
    ages: [0.3, 100],
    kind: 'symptom',
    temperature: 37.9,
    days: 9,
  },
  {
    diagnosis: icd10cm('J02.0', 'Streptococcal pharyngitis'),
    ages: [4, 40],
    kind: 'symptom',
    temperature: 38.6,
    days: 10,
    medicine: AMOXICILLIN,
    test: [loinc('78012-2', 'Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay'), POSITIVE],
  },
  {
    diagnosis: icd10cm('H66.91', 'Otitis media, unspecified, right ear'),
    ages: [0.5, 8],
    kind: 'symptom',
    temperature: 38.9,
    days: 8,
  },
  {
    diagnosis: icd10cm('N39.0', 'Urinary tract infection, site not specified'),
    ages: [16, 100],
    sex: 'female',
    kind: 'symptom',
    temperature: 37.2,
    days: 6,
    medicine: NITROFURANTOIN,
    test: [loinc('5802-4', 'Nitrite [Presence] in Urine by Test strip'), POSITIVE],
  },
  {
    diagnosis: icd10cm('J20.9', 'Acute bronchitis, unspecified'),
    ages: [18, 100],
    kind: 'symptom',
    temperature: 37.8,
    days: 14,
    medicine: ACETAMINOPHEN_500,
  },
  {
    diagnosis: icd10cm('U07.1', 'COVID-19'),
    ages: [1, 100],
    kind: 'telemedicine',
    temperature: 38.3,
    days: 10,
    test: [
      loinc(
        '94500-6',
        'SARS-CoV-2 (COVID-19) RNA [Presence] in Respiratory system specimen by NAA with probe detection',
      ),
      DETECTED,
    ],
    from: '2020-04-01',
  },
  {
    diagnosis: icd10cm('A08.4', 'Viral intestinal infection, unspecified'),
    ages: [1, 100],
    kind: 'symptom',
    temperature: 37.7,
    days: 4,
  },
  {
    diagnosis: icd10cm('S93.401A', 'Sprain of unspecified ligament of right ankle, initial encounter'),
    ages: [9, 65],
    kind: 'emergency',
    temperature: 36.7,
    days: 28,
    medicine: NAPROXEN_500,
  },
  { ...LOW_BACK_PAIN, diagnosis: icd10cm('M54.50', 'Low back pain, unspecified'), from: '2021-10-01' },
  { ...LOW_BACK_PAIN, diagnosis: icd10cm('M54.5', 'Low back pain'), until: '2021-09-30' },
];

/** Returns when an illness seen at that moment will be over. */
export function endOf(illness: AcuteIllness, seenMs: number): number {
  return seenMs + illness.days * DAY_MS;
}

/** Returns whether somebody of that age and sex may have the illness on that day. */
export function canOccur(
  illness: AcuteIllness,
  ageYears: number,
  sex: 'female' | 'male',
  atMs: number,
): boolean {
  const date = dateOf(atMs);
  return (
    ageYears >= illness.ages[0] &&
    ageYears < illness.ages[1] &&
    (illness.sex === undefined || illness.sex === sex) &&
    (illness.from === undefined || date >= illness.from) &&
    (illness.until === undefined || date <= illness.until)
  );
}

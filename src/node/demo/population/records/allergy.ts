import type { AllergyIntolerance } from '@medplum/fhirtypes';
import { dateOf } from '../calendar.ts';
import { concept, hl7, rxnorm, snomed, type Term } from '../code-system.ts';
import type { AllergyName } from '../profile.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

const ACTIVE = hl7('allergyintolerance-clinical', 'active', 'Active');
const CONFIRMED = hl7('allergyintolerance-verification', 'confirmed', 'Confirmed');
const ANAPHYLAXIS = snomed('39579001', 'Anaphylaxis');
const WHEAL = snomed('247472004', 'Wheal');
const ERUPTION = snomed('271807003', 'Eruption of skin');
const RHINITIS = snomed('878820003', 'Rhinoconjunctivitis');

type Category = 'food' | 'medication' | 'environment';

const ALLERGY: Readonly<
  Record<AllergyName, readonly [Category, Term, Term, 'mild' | 'moderate' | 'severe']>
> = {
  penicillin: ['medication', rxnorm('7980', 'penicillin G'), WHEAL, 'moderate'],
  sulfonamide: ['medication', rxnorm('10831', 'sulfamethoxazole / trimethoprim'), ERUPTION, 'moderate'],
  peanut: ['food', snomed('762952008', 'Peanut'), ANAPHYLAXIS, 'severe'],
  egg: ['food', snomed('102263004', 'Eggs (edible)'), WHEAL, 'mild'],
  latex: ['environment', snomed('111088007', 'Latex'), ERUPTION, 'mild'],
  'house-dust-mite': ['environment', snomed('260147004', 'House dust mite'), RHINITIS, 'mild'],
  'tree-pollen': ['environment', snomed('782576004', 'Tree pollen'), RHINITIS, 'mild'],
};

/** Records what the person cannot bear, at the first visit of the chart. */
export function recordAllergies(chart: Chart, visit: Visit): void {
  for (const name of chart.profile.allergies ?? []) {
    const [category, substance, manifestation, severity] = ALLERGY[name];
    chart.add<AllergyIntolerance>({
      resourceType: 'AllergyIntolerance',
      clinicalStatus: concept(ACTIVE),
      verificationStatus: concept(CONFIRMED),
      type: 'allergy',
      category: [category],
      criticality: severity === 'severe' ? 'high' : 'low',
      code: concept(substance),
      patient: chart.patient,
      encounter: visit.encounter,
      recordedDate: dateOf(visit.startMs),
      recorder: visit.clinician,
      reaction: [{ manifestation: [concept(manifestation)], severity }],
    });
  }
}

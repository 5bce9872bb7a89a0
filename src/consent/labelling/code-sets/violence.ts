import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, ICD_10_CM, LOINC, SNOMED_CT } from '../code-set.ts';

/**
 * Domestic and sexual violence, abuse and neglect. ICD-10-CM: NCHS tabular list of April 2026, every category whose title names
 * it. SNOMED CT: Synthea and FHIR R4. LOINC: HARK, which 45 CFR 170.207(p)(8) names, question by question.
 */
export const VIOLENCE: CodeSet = {
  id: 'violence',
  title: 'Domestic and sexual violence',
  labels: [LABEL.violence],
  codes: {
    [ICD_10_CM]: [
      'O9A.3*',
      'O9A.4*',
      'O9A.5*',
      'T74*',
      'T76*',
      'Y07*',
      'Z04.4*',
      'Z04.7*',
      'Z04.81*',
      'Z62.81*',
      'Z69*',
      'Z91.41*',
      'Z91.42*',
    ],
    // Victim of intimate partner abuse; emotional abuse of child.
    [SNOMED_CT]: ['706893006', '371775004'],
    [LOINC]: ['76499-3', '76500-8', '76501-6', '76502-4', '76503-2', '76504-0'],
  },
  source: 'NCHS ICD-10-CM April 2026; Synthea; 45 CFR 170.207(p)(8)',
};

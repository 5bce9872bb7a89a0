import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, ICD_10_CM, LOINC, SNOMED_CT } from '../code-set.ts';

/**
 * Genetic information as 45 CFR 160.103 has it: tests, their results, and what they tell of relatives. A disease that has shown
 * itself is not among it. ICD-10-CM: NCHS tabular list of April 2026. SNOMED CT: HL7 mCODE (BRCA1, BRCA2) and
 * SHIFT-Task-Force/SLS-ValueSets (detection of aneuploidy, screening for cystic fibrosis). LOINC: codes of HL7 Genomics Reporting
 * and of the FHIR R4 genetics profiles.
 */
export const GENETIC: CodeSet = {
  id: 'genetic',
  title: 'Genetic information',
  labels: [LABEL.genetic],
  codes: {
    [ICD_10_CM]: ['Z13.7*', 'Z14*', 'Z15*', 'Z31.43*', 'Z31.44*', 'Z31.5*', 'Z84.81*'],
    [SNOMED_CT]: [
      '412734009', // BRCA1 gene mutation positive
      '412738007', // BRCA2 gene mutation positive
      '405823003', // BRCA1 mutation carrier detection test
      '443529005', // detection of chromosomal aneuploidy
      '444260001', // screening for mutations of cystic fibrosis
      '67799006', // cystic fibrosis, prenatal detection
    ],
    [LOINC]: [
      '81247-9', // master genetic variant reporting panel
      '55233-1', // genetic analysis master panel
      '51969-4', // genetic analysis summary report
      '51965-2', // pharmacogenetic analysis report
      '55228-1', // cytogenetics study
      '69548-6', // genetic variant assessment
      '81252-9', // discrete genetic variant
      '48018-6', // gene studied
      '51967-8', // genetic disease assessed
      '53037-8', // genetic disease sequence variation interpretation
      '59041-4', // BRCA1 and BRCA2 mutations tested for
      '47403-1', // CYP2D6 targeted mutation analysis
    ],
  },
  source: 'NCHS ICD-10-CM April 2026; HL7 Genomics Reporting; HL7 mCODE; FHIR R4 genetics profiles',
};

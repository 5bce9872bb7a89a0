import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, ICD_10_CM, LOINC, SNOMED_CT } from '../code-set.ts';

/**
 * HIV: infection and tests whatever their result, which N.Y. Public Health Law 2780(7) counts as confidential HIV related
 * information, with exposure and prophylaxis, which let it be guessed. ICD-10-CM: NCHS tabular list of April 2026, every title that names it. SNOMED CT: the
 * sample of SAMHSA's Consent2Share (acute HIV) and FHIR R4 and US public health value sets. LOINC: HIV tests of the Department of
 * Veterans Affairs' list of reportable laboratory tests, and HIV documents of the FHIR R4 document types.
 */
export const HIV: CodeSet = {
  id: 'hiv',
  title: 'HIV',
  labels: [LABEL.hiv],
  codes: {
    [ICD_10_CM]: [
      'B20*',
      'B97.35*',
      'O98.7*',
      'R75*',
      'Z11.4*',
      'Z20.6*',
      'Z21*',
      'Z29.81*',
      'Z71.7*',
      'Z83.0*',
    ],
    [SNOMED_CT]: [
      '86406008', // HIV infection
      '62479008', // AIDS
      '91947003', // asymptomatic HIV infection
      '111880001', // acute HIV infection
      '165816005', // HIV positive
      '31676001', // HIV antigen test
    ],
    [LOINC]: [
      '75622-1', // HIV 1 and 2 tests
      '56888-1', // HIV 1 and 2 antibody and HIV 1 p24 antigen
      '48345-3', // HIV 1 and 2 antibody
      '7917-8', // HIV 1 antibody
      '29893-5', // HIV 1 antibody by immunoassay
      '68961-2', // HIV 1 antibody by rapid immunoassay
      '5220-9', // HIV 1 antibody by immunoassay, units
      '20447-9', // HIV 1 RNA, copies
      '47245-6', // HIV treatment form
      '38961-9', // examination for HIV-related illness
      '74264-3', // HIV summary registry report
    ],
  },
  source:
    'NCHS ICD-10-CM April 2026; SAMHSA Consent2Share sample; VA reportable laboratory tests; FHIR R4 document types',
};

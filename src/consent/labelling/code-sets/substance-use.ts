import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, ICD_10_CM, LOINC, RXNORM, SNOMED_CT } from '../code-set.ts';

/**
 * Substance use. ICD-10-CM: NCHS tabular list of April 2026, every category whose title names alcohol, a drug of abuse or its
 * poisoning, without F17 (nicotine), which 42 CFR 2.11 excludes from "substance use disorder". SNOMED CT and RxNorm: value sets
 * LeapSlsOpioidCodes, LeapSlsHallucinogenCodes and SyntheaOpioidAddictionVS of SHIFT-Task-Force/SLS-ValueSets, only what names
 * substance use by itself. LOINC: AUDIT-C, which 45 CFR 170.207(p)(6) names, DAST-10, and notes of the FHIR R4 document types.
 */
export const SUBSTANCE_USE: readonly CodeSet[] = [
  {
    id: 'alcohol-use',
    title: 'Alcohol use',
    labels: [LABEL.substanceUse, LABEL.alcoholUse],
    codes: {
      [ICD_10_CM]: [
        'F10*',
        'G31.2*',
        'G62.1*',
        'I42.6*',
        'K29.2*',
        'K70*',
        'K86.0*',
        'O99.31*',
        'P04.3*',
        'Q86.0*',
        'R78.0*',
        'T51.0*',
        'Z71.4*',
        'Z81.1*',
      ],
      // Alcohol abuse; alcohol dependence; alcoholic dementia; unhealthy alcohol drinking behaviour.
      [SNOMED_CT]: ['15167005', '66590003', '281004', '10939881000119105'],
      // AUDIT-C: the panel, its questions, its score.
      [LOINC]: ['72109-2', '68518-0', '68519-8', '68520-6', '75626-2'],
    },
    source: 'NCHS ICD-10-CM April 2026; FHIR R4 and Synthea value sets; 45 CFR 170.207(p)(6)',
  },
  {
    id: 'opioid-use',
    title: 'Opioid use',
    labels: [LABEL.substanceUse, LABEL.opioidUse],
    codes: {
      [ICD_10_CM]: ['F11*', 'R78.1*'],
      // Opioid abuse; intravenous nondependent opioid abuse.
      [SNOMED_CT]: ['5602001', '145121000119106'],
      // Buprenorphine 8 mg with naloxone 2 mg, sublingual: given for opioid use disorder only.
      [RXNORM]: ['352364'],
    },
    source: 'NCHS ICD-10-CM April 2026; SHIFT-Task-Force/SLS-ValueSets LeapSlsOpioidCodes 0.1.0',
  },
  {
    id: 'drug-use',
    title: 'Use of other drugs, and of several',
    labels: [LABEL.substanceUse, LABEL.substanceUseDisorder],
    codes: {
      [ICD_10_CM]: [
        'F12*',
        'F13*',
        'F14*',
        'F15*',
        'F16*',
        'F18*',
        'F19*',
        'O35.5*',
        'O99.32*',
        'P04.4*',
        'P96.1*',
        'R78.2*',
        'R78.3*',
        'R78.4*',
        'T40*',
        'Z71.5*',
        'Z81.3*',
      ],
      [SNOMED_CT]: [
        '6525002', // dependent drug abuse
        '26416006', // drug abuse
        '191816009', // drug dependence
        '361055000', // misuses drugs
        '724713006', // harmful use of ketamine
        '55680006', // drug overdose
        '56876005', // drug rehabilitation and detoxification
        '60112009', // drug addiction counselling
        '61480009', // drug detoxification
        '266707007', // drug addiction therapy
        '20078004', // substance abuse treatment centre
      ],
      // DAST-10 score; evaluation and management of substance abuse note; alcohol and substance abuse service attachment.
      [LOINC]: ['82667-7', '34857-3', '18823-5'],
    },
    source: 'NCHS ICD-10-CM April 2026; SHIFT-Task-Force/SLS-ValueSets 0.1.0; FHIR R4 document types',
  },
];

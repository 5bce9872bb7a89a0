import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, ICD_10_CM, LOINC, SNOMED_CT } from '../code-set.ts';

/**
 * Sexual and reproductive health. ICD-10-CM: NCHS tabular list of April 2026; for the end of a pregnancy the range of Health Net's
 * list under California's AB 352 (O00–O08, Z33.2). SNOMED CT: SyntheaPregnancyVS and LeapSlsSexualityAndReproductiveHealthCodes of
 * SHIFT-Task-Force/SLS-ValueSets, and the FHIR R4 and Synthea procedures of contraception. LOINC: pregnancy status.
 */
export const SEXUAL_HEALTH: readonly CodeSet[] = [
  {
    id: 'reproductive-health',
    title: 'Sexual and reproductive health',
    labels: [LABEL.sexualHealth],
    codes: {
      [ICD_10_CM]: [
        'F52*',
        'F64*',
        'F65*',
        'F66*',
        'N46*',
        'N52*',
        'N53*',
        'N97*',
        'O00*',
        'O01*',
        'O02*',
        'O03*',
        'O04*',
        'O07*',
        'O08*',
        'Z30*',
        'Z31*',
        'Z32*',
        'Z33*',
        'Z64.0*',
        'Z72.5*',
        'Z79.3*',
        'Z79.890*',
        'Z87.890*',
        'Z97.5*',
        'Z98.51*',
        'Z98.52*',
      ],
      [SNOMED_CT]: [
        '72892002', // normal pregnancy
        '77386006', // pregnancy confirmed
        '47200007', // high risk pregnancy
        '252160004', // pregnancy test
        '424441002', // prenatal initial visit
        '424619006', // prenatal visit
        '79586000', // tubal pregnancy
        '19169002', // miscarriage in first trimester
        '85116003', // miscarriage in second trimester
        '156073000', // complete miscarriage
        '57797005', // induced termination of pregnancy, disorder
        '714812005', // induced termination of pregnancy
        '386394001', // pregnancy termination care
        '10383002', // counselling for termination of pregnancy
        '65200003', // insertion of intrauterine contraceptive device
        '46706006', // replacement of contraceptive intrauterine device
        '169553002', // insertion of subcutaneous contraceptive
        '301807007', // removal of subcutaneous contraceptive
      ],
      // Pregnancy status; pregnancy status, reported; pregnancy visit summary; abortion consent.
      [LOINC]: ['82810-3', '11449-6', '57059-8', '52027-0'],
    },
    source: 'NCHS ICD-10-CM April 2026; SHIFT-Task-Force/SLS-ValueSets 0.1.0; FHIR R4 document types',
  },
  {
    id: 'sexually-transmitted',
    title: 'Sexually transmitted infections',
    labels: [LABEL.sexualHealth, LABEL.sexuallyTransmitted],
    codes: {
      // "Infections with a predominantly sexual mode of transmission" is the block A50–A64.
      [ICD_10_CM]: ['A5*', 'A60*', 'A63*', 'A64*', 'Z11.3*', 'Z20.2*', 'Z22.4*'],
      [SNOMED_CT]: [
        '15628003', // gonorrhoea
        '76272004', // syphilis
        '240589008', // Chlamydia trachomatis infection
        '310861008', // Chlamydia antigen test
        '165829005', // gonorrhoea infection titre test
        '269828009', // syphilis infectious titre test
      ],
    },
    source: 'NCHS ICD-10-CM April 2026; US public health case reporting; Synthea',
  },
];

import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, ICD_10_CM, LOINC, SNOMED_CT } from '../code-set.ts';

/**
 * Mental health. ICD-10-CM: NCHS tabular list of April 2026, F20–F69 and F90–F99 with self-harm and family and personal history;
 * without F01–F09 and F70–F89, which v3-ActCode has labels of their own for (COGN, DVD). SNOMED CT: SHIFT-Task-Force/SLS-ValueSets
 * (LeapSlsBehavioralHealthCodes, SyntheaSelfHarmVS, SyntheaAttentionDeficitDisorderVS) and FHIR R4 condition codes. LOINC: PHQ-2,
 * which 45 CFR 170.207(p)(4) names, PHQ-9, GAD-7, and psychiatric notes of the FHIR R4 document types. Whether a note is a
 * psychotherapy note no code says: 45 CFR 164.501 goes by its being kept apart, so its author labels it.
 */
export const MENTAL_HEALTH: CodeSet = {
  id: 'mental-health',
  title: 'Mental health',
  labels: [LABEL.mentalHealth],
  codes: {
    [ICD_10_CM]: [
      'F2*',
      'F3*',
      'F4*',
      'F5*',
      'F6*',
      'F9*',
      'O90.6*',
      'O99.34*',
      'R45.85*',
      'R45.88*',
      'T14.91*',
      'X71*',
      'X72*',
      'X73*',
      'X74*',
      'X75*',
      'X76*',
      'X77*',
      'X78*',
      'X79*',
      'X80*',
      'X81*',
      'X82*',
      'X83*',
      'Z81.8*',
      'Z86.5*',
      'Z91.5*',
    ],
    [SNOMED_CT]: [
      '370143000', // major depressive disorder
      '36923009', // major depression, single episode
      '310496002', // major depressive disorder, recurrent, moderate
      '40379007', // major depression, recurrent, mild
      '87512008', // mild major depression
      '832007', // moderate major depression
      '35489007', // depressive disorder
      '13746004', // bipolar disorder
      '58214004', // schizophrenia
      '197480006', // anxiety disorder
      '47505003', // posttraumatic stress disorder
      '1376001', // obsessive compulsive personality disorder
      '192127007', // child attention deficit disorder
      '6471006', // suicidal thoughts
      '225444004', // at risk for suicide
      '82313006', // suicide attempt
      '86849004', // suicidal poisoning
      '287182007', // attempted suicide by suffocation
      '287185009', // attempted suicide by cutting or stabbing
      '44301001', // suicide
      '183401008', // anti-suicide psychotherapy
      '90407005', // evaluation of psychiatric state
      '88848003', // psychiatric follow-up
      '62480006', // psychiatric hospital
    ],
    [LOINC]: [
      '55757-9', // PHQ-2
      '44250-9', // its first question
      '44255-8', // its second question
      '55758-7', // PHQ-2 score
      '44249-1', // PHQ-9
      '44261-6', // PHQ-9 score
      '89204-2', // PHQ-9 for teens
      '69737-5', // GAD-7
      '70274-6', // GAD-7 score
      '28628-6', // psychiatry note
      '28635-1', // psychiatry initial assessment
      '28627-8', // psychiatry progress note
      '34788-0', // psychiatry consult note
      '34102-4', // psychiatry hospital consult note
      '34865-6', // psychiatry counselling note
      '34790-6', // psychiatry group counselling note
      '59259-2', // psychiatry discharge summary
      '68599-0', // psychiatry history and physical
      '68601-4', // psychiatry outpatient note
      '68645-1', // child and adolescent psychiatry note
      '34866-4', // psychology counselling note
      '34793-0', // psychology group counselling note
      '11510-5', // psychology progress note
      '34791-4', // psychology consult note
      '34792-2', // psychology note
      '18594-2', // psychiatric service attachment
    ],
  },
  source:
    'NCHS ICD-10-CM April 2026; SHIFT-Task-Force/SLS-ValueSets 0.1.0; FHIR R4 document types; 45 CFR 170.207(p)(4)',
};

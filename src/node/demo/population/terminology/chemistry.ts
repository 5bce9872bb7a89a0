import { loinc } from '../code-system.ts';
import { measurements, type Panel } from './measurement.ts';

const lab = measurements('laboratory');
const SERUM = 'in Serum or Plasma';

export const GLUCOSE = lab(
  '2345-7',
  `Glucose [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  0,
  [92, 7],
  [70, 99],
);
export const BLOOD_GLUCOSE = lab(
  '2339-0',
  'Glucose [Mass/volume] in Blood',
  'mg/dL',
  'mg/dL',
  0,
  [100, 10],
  [70, 140],
);
export const HBA1C = lab(
  '4548-4',
  'Hemoglobin A1c/Hemoglobin.total in Blood',
  '%',
  '%',
  1,
  [5.3, 0.2],
  [4, 5.6],
);
export const CREATININE = lab(
  '2160-0',
  `Creatinine [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  2,
  [0.88, 0.1],
  [0.59, 1.35],
);
export const EGFR = lab(
  '98979-8',
  'Glomerular filtration rate [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)/1.73 sq M',
  'mL/min/1.73m2',
  'mL/min/{1.73_m2}',
  0,
  [95, 8],
  [60, undefined],
);
export const UREA_NITROGEN = lab(
  '3094-0',
  `Urea nitrogen [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  0,
  [14, 2.5],
  [7, 20],
);
export const SODIUM = lab(
  '2951-2',
  `Sodium [Moles/volume] ${SERUM}`,
  'mmol/L',
  'mmol/L',
  0,
  [140, 1.6],
  [136, 145],
);
export const POTASSIUM = lab(
  '2823-3',
  `Potassium [Moles/volume] ${SERUM}`,
  'mmol/L',
  'mmol/L',
  1,
  [4.2, 0.25],
  [3.5, 5.1],
);
export const CALCIUM = lab(
  '17861-6',
  `Calcium [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  1,
  [9.4, 0.3],
  [8.5, 10.5],
);
export const TSH = lab(
  '3016-3',
  `Thyrotropin [Units/volume] ${SERUM}`,
  'mIU/L',
  'm[IU]/L',
  2,
  [1.9, 0.6],
  [0.4, 4.5],
);
export const URATE = lab(
  '3084-1',
  `Urate [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  1,
  [5.2, 0.7],
  [3.5, 7.2],
);
export const ALBUMIN_CREATININE_RATIO = lab(
  '9318-7',
  'Albumin/Creatinine [Mass Ratio] in Urine',
  'mg/g',
  'mg/g{creat}',
  0,
  [10, 4],
  [undefined, 30],
);
export const ALANINE_AMINOTRANSFERASE = lab(
  '1742-6',
  `Alanine aminotransferase [Enzymatic activity/volume] ${SERUM}`,
  'U/L',
  'U/L',
  0,
  [24, 7],
  [7, 55],
);
export const C_REACTIVE_PROTEIN = lab(
  '1988-5',
  `C reactive protein [Mass/volume] ${SERUM}`,
  'mg/L',
  'mg/L',
  1,
  [1.8, 0.6],
  [undefined, 5],
);
export const TROPONIN_I = lab(
  '89579-7',
  `Troponin I.cardiac [Mass/volume] ${SERUM} by High sensitivity immunoassay`,
  'ng/L',
  'ng/L',
  0,
  [6, 2],
  [undefined, 26],
);
export const NT_PRO_BNP = lab(
  '33762-6',
  `Natriuretic peptide.B prohormone N-Terminal [Mass/volume] ${SERUM}`,
  'pg/mL',
  'pg/mL',
  0,
  [90, 25],
  [undefined, 125],
);

export const CHOLESTEROL = lab(
  '2093-3',
  `Cholesterol [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  0,
  [182, 14],
  [undefined, 200],
);
export const LDL = lab(
  '13457-7',
  `Cholesterol in LDL [Mass/volume] ${SERUM} by calculation`,
  'mg/dL',
  'mg/dL',
  0,
  [105, 12],
  [undefined, 130],
);
export const HDL = lab(
  '2085-9',
  `Cholesterol in HDL [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  0,
  [55, 7],
  [40, undefined],
);
export const TRIGLYCERIDE = lab(
  '2571-8',
  `Triglyceride [Mass/volume] ${SERUM}`,
  'mg/dL',
  'mg/dL',
  0,
  [105, 22],
  [undefined, 150],
);

/** Basic metabolic panel; the filtration rate is calculated from its creatinine. */
export const BASIC_METABOLIC: Panel = {
  code: loinc('24321-2', `Basic metabolic 2000 panel - Serum or Plasma`),
  members: [GLUCOSE, UREA_NITROGEN, CREATININE, SODIUM, POTASSIUM],
};
/** Lipid panel with calculated LDL. */
export const LIPIDS: Panel = {
  code: loinc('24331-1', 'Lipid 1996 panel - Serum or Plasma'),
  members: [CHOLESTEROL, HDL, TRIGLYCERIDE],
};

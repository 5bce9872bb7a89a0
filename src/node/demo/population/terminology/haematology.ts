import { loinc } from '../code-system.ts';
import { measurements, type Panel } from './measurement.ts';

const lab = measurements('laboratory');
const COUNT = '10*3/uL';

export const LEUKOCYTES = lab(
  '6690-2',
  'Leukocytes [#/volume] in Blood by Automated count',
  COUNT,
  COUNT,
  1,
  [6.6, 1],
  [4.5, 11],
);
export const HAEMOGLOBIN = lab(
  '718-7',
  'Hemoglobin [Mass/volume] in Blood',
  'g/dL',
  'g/dL',
  1,
  [14, 0.7],
  [12, 17.5],
);
export const HAEMATOCRIT = lab(
  '4544-3',
  'Hematocrit [Volume Fraction] of Blood by Automated count',
  '%',
  '%',
  1,
  [42, 2],
  [36, 50],
);
export const PLATELETS = lab(
  '777-3',
  'Platelets [#/volume] in Blood by Automated count',
  COUNT,
  COUNT,
  0,
  [245, 35],
  [150, 450],
);
export const FERRITIN = lab(
  '2276-4',
  'Ferritin [Mass/volume] in Serum or Plasma',
  'ng/mL',
  'ng/mL',
  0,
  [85, 25],
  [15, 150],
);
export const SEDIMENTATION_RATE = lab(
  '30341-2',
  'Erythrocyte sedimentation rate',
  'mm/h',
  'mm/h',
  0,
  [9, 3],
  [0, 20],
);
export const INR = lab(
  '6301-6',
  'INR in Platelet poor plasma by Coagulation assay',
  'INR',
  '{INR}',
  1,
  [1, 0.05],
  [0.9, 1.1],
);
export const CD4_CELLS = lab(
  '24467-3',
  'CD3+CD4+ (T4 helper) cells [#/volume] in Blood',
  'cells/uL',
  '{cells}/uL',
  0,
  [850, 90],
  [500, 1500],
);
export const HIV_RNA = lab(
  '20447-9',
  'HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection',
  'copies/mL',
  '{copies}/mL',
  0,
  [0, 0],
  [undefined, 20],
);
export const CANCER_ANTIGEN_15_3 = lab(
  '6875-9',
  'Cancer Ag 15-3 [Units/volume] in Serum or Plasma',
  'U/mL',
  'U/mL',
  1,
  [18, 3],
  [undefined, 30],
);

/** Blood count without differential. */
export const BLOOD_COUNT: Panel = {
  code: loinc('58410-2', 'CBC panel - Blood by Automated count'),
  members: [LEUKOCYTES, HAEMOGLOBIN, HAEMATOCRIT, PLATELETS],
};

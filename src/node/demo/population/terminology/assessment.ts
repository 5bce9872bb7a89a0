import { measurements } from './measurement.ts';

const survey = measurements('survey');
const exam = measurements('exam');
const procedure = measurements('procedure');

export const PHQ_9 = survey(
  '44261-6',
  'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]',
  'score',
  '{score}',
  0,
  [2, 1],
);
export const AUDIT_C = survey('75626-2', 'Total score [AUDIT-C]', 'score', '{score}', 0, [1, 0.5]);
export const MMSE = survey('72106-8', 'Total score [MMSE]', 'score', '{score}', 0, [29, 0.5]);
export const PAIN = survey(
  '72514-3',
  'Pain severity - 0-10 verbal numeric rating [Score] - Reported',
  'score',
  '{score}',
  0,
  [1, 0.7],
);

export const GESTATIONAL_AGE = exam('11884-4', 'Gestational age Estimated', 'wk', 'wk', 0, [20, 1]);
export const FETAL_HEART_RATE = exam(
  '55283-6',
  'Fetal Heart rate',
  'beats/minute',
  '/min',
  0,
  [145, 6],
  [110, 160],
);
export const BIRTH_WEIGHT = exam('8339-4', 'Birth weight Measured', 'g', 'g', 0, [3350, 250]);

export const FEV1_TO_FVC = procedure('19926-5', 'FEV1/FVC', '%', '%', 1, [81, 2], [70, undefined]);
export const PEAK_FLOW = procedure(
  '33452-4',
  'Maximum expiratory gas flow Respiratory system airway',
  'L/min',
  'L/min',
  0,
  [420, 20],
);
export const EJECTION_FRACTION = procedure(
  '10230-1',
  'Left ventricular Ejection fraction',
  '%',
  '%',
  0,
  [60, 3],
  [52, 72],
);
export const BONE_DENSITY = procedure(
  '38265-5',
  'DXA Radius and Ulna [T-score] Bone density',
  'T-score',
  '{T-score}',
  1,
  [-0.5, 0.3],
  [-1, undefined],
);

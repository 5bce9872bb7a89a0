import { oral, other } from './medicine.ts';

/** Medicines that more than one course of disease uses; what only one uses stands there. */
export const LISINOPRIL_10 = oral('314076', 'lisinopril 10 MG Oral Tablet', 'once a day');
export const LISINOPRIL_20 = oral('314077', 'lisinopril 20 MG Oral Tablet', 'once a day');
export const LOSARTAN_50 = oral('979492', 'losartan potassium 50 MG Oral Tablet', 'once a day');
export const AMLODIPINE_5 = oral('197361', 'amlodipine 5 MG Oral Tablet', 'once a day');
export const HYDROCHLOROTHIAZIDE_25 = oral('310798', 'hydrochlorothiazide 25 MG Oral Tablet', 'once a day');
export const ATORVASTATIN_20 = oral('617310', 'atorvastatin 20 MG Oral Tablet', 'at bedtime');
export const ATORVASTATIN_80 = oral('259255', 'atorvastatin 80 MG Oral Tablet', 'at bedtime');
export const ASPIRIN_81 = oral('243670', 'aspirin 81 MG Oral Tablet', 'once a day');
export const ACETAMINOPHEN_500 = oral('198440', 'acetaminophen 500 MG Oral Tablet', 'three times a day', 10);
export const NAPROXEN_500 = oral('198014', 'naproxen 500 MG Oral Tablet', 'twice a day', 14);
export const PREDNISONE_20 = oral('312615', 'prednisone 20 MG Oral Tablet', 'once a day', 5, 2);
export const ALBUTEROL_INHALER = other(
  '2123111',
  'NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler',
  'Inhale 2 puffs every four to six hours as needed for wheezing',
  [2, 'puff'],
  [200, 30],
);
export const EPINEPHRINE_PEN = other(
  '1870230',
  'NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector',
  'Inject into the thigh at the first sign of a severe allergic reaction, then call for help',
  [1, 'injection'],
  [2, 365],
);

import { loinc } from '../code-system.ts';
import { measurements } from './measurement.ts';

const vital = measurements('vital-signs');

/** Components of the blood pressure panel, which is one Observation. */
export const SYSTOLIC = vital('8480-6', 'Systolic blood pressure', 'mmHg', 'mm[Hg]', 0, [120, 8]);
export const DIASTOLIC = vital('8462-4', 'Diastolic blood pressure', 'mmHg', 'mm[Hg]', 0, [76, 6]);
export const BLOOD_PRESSURE = loinc('85354-9', 'Blood pressure panel with all children optional');

export const HEART_RATE = vital('8867-4', 'Heart rate', 'beats/minute', '/min', 0, [72, 7]);
export const RESPIRATORY_RATE = vital('9279-1', 'Respiratory rate', 'breaths/minute', '/min', 0, [15, 1.5]);
export const TEMPERATURE = vital('8310-5', 'Body temperature', 'degrees C', 'Cel', 1, [36.8, 0.2]);
export const WEIGHT = vital('29463-7', 'Body weight', 'kg', 'kg', 1, [75, 10]);
export const HEIGHT = vital('8302-2', 'Body height', 'cm', 'cm', 1, [170, 8]);
export const BODY_MASS_INDEX = vital(
  '39156-5',
  'Body mass index (BMI) [Ratio]',
  'kg/m2',
  'kg/m2',
  1,
  [26, 3],
);
export const HEAD_CIRCUMFERENCE = vital(
  '9843-4',
  'Head Occipital-frontal circumference',
  'cm',
  'cm',
  1,
  [44, 2],
);
export const OXYGEN_SATURATION = vital(
  '59408-5',
  'Oxygen saturation in Arterial blood by Pulse oximetry',
  '%',
  '%',
  0,
  [98, 0.8],
);

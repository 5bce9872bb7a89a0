import { rounded } from '../decimal.ts';
import { headOfInfant } from '../growth.ts';
import {
  BLOOD_PRESSURE,
  BODY_MASS_INDEX,
  DIASTOLIC,
  HEAD_CIRCUMFERENCE,
  HEART_RATE,
  HEIGHT,
  OXYGEN_SATURATION,
  RESPIRATORY_RATE,
  SYSTOLIC,
  TEMPERATURE,
  WEIGHT,
} from '../terminology/vital-signs.ts';
import type { Chart } from './chart.ts';
import { observe, observeComponents } from './observation.ts';
import type { Visit } from './visit.ts';

/** Blood pressure is taken from this age on (AAP 2017), the head measured below it. */
const TODDLER_YEARS = 3;
/** The body mass index of a child says little before this age. */
const INDEX_FROM_YEARS = 2;

/** Records the blood pressure, for those old enough. */
export function bloodPressure(chart: Chart, visit: Visit): void {
  if (chart.body.ageYears(visit.startMs) < TODDLER_YEARS) return;
  const { systolic, diastolic } = chart.body.pressure(visit.startMs, chart.random);
  observeComponents(chart, visit, BLOOD_PRESSURE, [
    [SYSTOLIC, systolic],
    [DIASTOLIC, diastolic],
  ]);
}

/** Records the blood pressure and weight of a short visit. */
export function briefVitals(chart: Chart, visit: Visit): void {
  bloodPressure(chart, visit);
  observe(chart, visit, WEIGHT, chart.body.weightKg(visit.startMs, chart.random));
}

/** Records what a check-up measures: weight, height and their index, the head of an infant, heart rate and blood pressure. */
export function fullVitals(chart: Chart, visit: Visit): void {
  const age = chart.body.ageYears(visit.startMs);
  const heightCm = rounded(chart.body.heightCm(visit.startMs), HEIGHT.digits);
  const weightKg = rounded(chart.body.weightKg(visit.startMs, chart.random), WEIGHT.digits);
  bloodPressure(chart, visit);
  observe(chart, visit, HEART_RATE, chart.body.heartRate(visit.startMs, chart.random));
  observe(chart, visit, HEIGHT, heightCm);
  observe(chart, visit, WEIGHT, weightKg);
  if (age >= INDEX_FROM_YEARS) observe(chart, visit, BODY_MASS_INDEX, weightKg / (heightCm / 100) ** 2);
  if (age < TODDLER_YEARS)
    observe(chart, visit, HEAD_CIRCUMFERENCE, headOfInfant(age) + chart.random.normal(0, 0.3));
}

/** What somebody acutely ill shows; what is left out is as in health. */
export interface AcuteSigns {
  readonly temperature?: number;
  readonly saturation?: number;
  readonly breaths?: number;
}

/** Records the vital signs of somebody acutely ill. */
export function acuteVitals(chart: Chart, visit: Visit, signs: AcuteSigns = {}): void {
  const fever = signs.temperature ?? TEMPERATURE.usual[0];
  bloodPressure(chart, visit);
  const hurried = Math.max(0, fever - 37) * 10;
  observe(chart, visit, HEART_RATE, chart.body.heartRate(visit.startMs, chart.random) + hurried);
  observe(chart, visit, TEMPERATURE, fever + chart.random.normal(0, 0.15));
  if (signs.breaths !== undefined)
    observe(chart, visit, RESPIRATORY_RATE, signs.breaths + chart.random.normal(0, 1));
  if (signs.saturation !== undefined) {
    observe(chart, visit, OXYGEN_SATURATION, Math.min(100, signs.saturation + chart.random.normal(0, 0.7)));
  }
}

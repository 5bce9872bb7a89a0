import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { other } from '../terminology/medicine.ts';
import { WEIGHT } from '../terminology/vital-signs.ts';
import type { Course } from './course.ts';

const DERMATITIS = icd10cm('L20.9', 'Atopic dermatitis, unspecified');
const HYDROCORTISONE = other(
  '106258',
  'hydrocortisone 10 MG/ML Topical Cream',
  'Apply thinly to the inflamed skin twice a day for at most two weeks',
  [1, 'application'],
  [1, 14],
  [2, 1],
);

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'symptom', reason: DERMATITIS, fromMs: sinceMs, everyMonths: 11 } as const;
  for (const { visit, index } of appointments(chart, series)) {
    observe(chart, visit, WEIGHT, chart.body.weightKg(visit.startMs, chart.random));
    const condition = index === 0 ? diagnose(chart, visit, DERMATITIS) : chart.problems.get(DERMATITIS.code);
    prescribe(chart, visit, HYDROCORTISONE, condition === undefined ? {} : { reason: condition });
  }
}

/** Eczema that flares up once a year. */
export const atopicDermatitis: Course = { diagnosis: DERMATITIS, medicines: [], told: true, write };

import { icd10cm, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { measure, observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { BONE_DENSITY } from '../terminology/assessment.ts';
import { CALCIUM } from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const OSTEOPOROSIS = icd10cm('M81.0', 'Age-related osteoporosis without current pathological fracture');
const DENSITY_SCAN = snomed('312681000', 'Bone density scan');
const ALENDRONATE = oral('904419', 'alendronic acid 10 MG Oral Tablet', 'once a day');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: OSTEOPOROSIS, fromMs: sinceMs, everyMonths: 24 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    perform(chart, visit, DENSITY_SCAN);
    observe(chart, visit, BONE_DENSITY, -2.8 + years * 0.07 + chart.random.normal(0, 0.08));
    measure(chart, visit, CALCIUM);
    if (index > 0) continue;
    prescribe(chart, visit, ALENDRONATE, { reason: diagnose(chart, visit, OSTEOPOROSIS) });
  }
}

/** Osteoporosis, the bone density measured every two years. */
export const osteoporosis: Course = { diagnosis: OSTEOPOROSIS, medicines: [ALENDRONATE], told: true, write };

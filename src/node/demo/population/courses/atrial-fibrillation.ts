import { icd10cm, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { INR } from '../terminology/haematology.ts';
import { oral } from '../terminology/medicine.ts';
import { HEART_RATE } from '../terminology/vital-signs.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const FIBRILLATION = icd10cm('I48.91', 'Unspecified atrial fibrillation');
const ELECTROCARDIOGRAM = snomed('29303009', 'Electrocardiographic procedure');
const WARFARIN = oral('855332', 'warfarin sodium 5 MG Oral Tablet', 'once a day');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: FIBRILLATION, fromMs: sinceMs, everyMonths: 5 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    observe(chart, visit, INR, index === 0 ? 1 : 2.5 + chart.random.normal(0, 0.35));
    observe(chart, visit, HEART_RATE, towards(104, 74, years, 0.1) + chart.random.normal(0, 5));
    if (index > 0) continue;
    const condition = diagnose(chart, visit, FIBRILLATION);
    perform(chart, visit, ELECTROCARDIOGRAM, condition);
    prescribe(chart, visit, WARFARIN, { reason: condition });
    plan(chart, visit, {
      title: 'Anticoagulation',
      condition,
      conditionName: FIBRILLATION,
      activities: ['INR every five months once stable', 'Steady intake of leafy vegetables'],
      aim: { description: 'INR between 2 and 3', measure: INR, above: 2, below: 3, achieved: true },
    });
  }
}

/** Atrial fibrillation under warfarin, with its series of INR values. */
export const atrialFibrillation: Course = {
  diagnosis: FIBRILLATION,
  medicines: [WARFARIN],
  told: true,
  write,
};

import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { fullVitals } from '../records/vital-signs.ts';
import { oral } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const ATTENTION_DEFICIT = icd10cm('F90.2', 'Attention-deficit hyperactivity disorder, combined type');
const METHYLPHENIDATE = oral('1091392', 'methylphenidate hydrochloride 20 MG Oral Tablet', 'once a day', 30);

function write(chart: Chart, sinceMs: number): void {
  const series = {
    kind: 'followUp',
    reason: ATTENTION_DEFICIT,
    fromMs: sinceMs,
    everyMonths: 6,
    sensitivity: 'mental-health',
  } as const;
  for (const { visit, index } of appointments(chart, series)) {
    fullVitals(chart, visit);
    if (index > 0) continue;
    prescribe(chart, visit, METHYLPHENIDATE, { reason: diagnose(chart, visit, ATTENTION_DEFICIT) });
  }
}

/** Attention deficit of a child under a stimulant, growth and pulse watched; labelled as mental health. */
export const attentionDeficit: Course = {
  diagnosis: ATTENTION_DEFICIT,
  medicines: [METHYLPHENIDATE],
  told: false,
  sensitivity: 'mental-health',
  write,
};

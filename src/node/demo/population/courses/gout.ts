import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { PAIN } from '../terminology/assessment.ts';
import { URATE } from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import { NAPROXEN_500 } from '../terminology/medicines.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const GOUT = icd10cm('M10.9', 'Gout, unspecified');
const ALLOPURINOL = oral('197319', 'allopurinol 100 MG Oral Tablet', 'once a day');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: GOUT, fromMs: sinceMs, everyMonths: 14 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    briefVitals(chart, visit);
    observe(chart, visit, URATE, towards(9.1, 5.6, years, 0.3) + chart.random.normal(0, 0.2));
    if (index > 0) continue;
    observe(chart, visit, PAIN, chart.random.integer(7, 9));
    const condition = diagnose(chart, visit, GOUT);
    prescribe(chart, visit, NAPROXEN_500, { reason: condition });
    prescribe(chart, visit, ALLOPURINOL, { reason: condition });
  }
}

/** Gout: one attack, then uric acid kept low. */
export const gout: Course = { diagnosis: GOUT, medicines: [ALLOPURINOL], told: true, write };

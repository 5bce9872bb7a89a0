import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { TSH } from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const HYPOTHYROIDISM = icd10cm('E03.9', 'Hypothyroidism, unspecified');
const LEVOTHYROXINE = oral('966222', 'levothyroxine sodium 0.075 MG Oral Tablet', 'once a day');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: HYPOTHYROIDISM, fromMs: sinceMs, everyMonths: 12 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    briefVitals(chart, visit);
    observe(chart, visit, TSH, Math.max(0.3, towards(13.4, 2.1, years, 0.2) + chart.random.normal(0, 0.3)));
    if (index > 0) continue;
    prescribe(chart, visit, LEVOTHYROXINE, { reason: diagnose(chart, visit, HYPOTHYROIDISM) });
  }
}

/** An underactive thyroid, brought to normal by levothyroxine. */
export const hypothyroidism: Course = {
  diagnosis: HYPOTHYROIDISM,
  medicines: [LEVOTHYROXINE],
  told: true,
  write,
};

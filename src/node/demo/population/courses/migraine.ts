import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { bloodPressure } from '../records/vital-signs.ts';
import { PAIN } from '../terminology/assessment.ts';
import { NAPROXEN_500 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const MIGRAINE = icd10cm('G43.909', 'Migraine, unspecified, not intractable, without status migrainosus');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'telemedicine', reason: MIGRAINE, fromMs: sinceMs, everyMonths: 10 } as const;
  for (const { visit, index } of appointments(chart, series)) {
    observe(chart, visit, PAIN, chart.random.integer(5, 8));
    const condition = index === 0 ? diagnose(chart, visit, MIGRAINE) : chart.problems.get(MIGRAINE.code);
    prescribe(chart, visit, NAPROXEN_500, condition === undefined ? {} : { reason: condition });
    if (index === 0) bloodPressure(chart, visit);
  }
}

/** Migraine, talked over by video. */
export const migraine: Course = { diagnosis: MIGRAINE, medicines: [], told: true, write };

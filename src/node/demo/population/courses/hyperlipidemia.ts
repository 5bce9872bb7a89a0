import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { ALANINE_AMINOTRANSFERASE, LIPIDS } from '../terminology/chemistry.ts';
import { ATORVASTATIN_20 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const HYPERLIPIDEMIA = icd10cm('E78.5', 'Hyperlipidemia, unspecified');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: HYPERLIPIDEMIA, fromMs: sinceMs, everyMonths: 15 } as const;
  for (const { visit, index } of appointments(chart, series)) {
    reportPanel(chart, visit, LIPIDS);
    if (index === 0) {
      const condition = diagnose(chart, visit, HYPERLIPIDEMIA);
      prescribe(chart, visit, ATORVASTATIN_20, { reason: condition });
    } else {
      observe(chart, visit, ALANINE_AMINOTRANSFERASE, chart.random.normal(31, 5));
    }
  }
}

/** High cholesterol that a statin halves. */
export const hyperlipidemia: Course = {
  diagnosis: HYPERLIPIDEMIA,
  medicines: [ATORVASTATIN_20],
  told: true,
  write,
};

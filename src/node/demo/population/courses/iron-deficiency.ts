import { YEAR_MS } from '../calendar.ts';
import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { BLOOD_COUNT, FERRITIN } from '../terminology/haematology.ts';
import { oral } from '../terminology/medicine.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const IRON_DEFICIENCY = icd10cm('D50.9', 'Iron deficiency anemia, unspecified');
const FERROUS_SULFATE = oral('310325', 'ferrous sulfate 325 MG Oral Tablet', 'once a day');
/** Stores are full again after so many years of iron. */
const TREATMENT_YEARS = 0.8;

function write(chart: Chart, sinceMs: number): void {
  const untilMs = sinceMs + (TREATMENT_YEARS + 0.3) * YEAR_MS;
  const series = {
    kind: 'followUp',
    reason: IRON_DEFICIENCY,
    fromMs: sinceMs,
    everyMonths: 3,
    untilMs,
  } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    reportPanel(chart, visit, BLOOD_COUNT);
    observe(chart, visit, FERRITIN, towards(6, 62, years, 0.4) + chart.random.normal(0, 2));
    if (index > 0) continue;
    const endedMs = sinceMs + TREATMENT_YEARS * YEAR_MS;
    const condition = diagnose(chart, visit, IRON_DEFICIENCY, { endedMs });
    prescribe(chart, visit, FERROUS_SULFATE, { reason: condition, untilMs: endedMs });
  }
}

/** Anaemia from lack of iron, corrected within the year. */
export const ironDeficiency: Course = { diagnosis: IRON_DEFICIENCY, medicines: [], told: false, write };

import { YEAR_MS } from '../calendar.ts';
import { icd10cm } from '../code-system.ts';
import { rounded } from '../decimal.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { prescribe } from '../records/medication.ts';
import { drawn, measure, observe } from '../records/observation.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { ALBUMIN_CREATININE_RATIO, BASIC_METABOLIC, CREATININE, EGFR } from '../terminology/chemistry.ts';
import { HAEMOGLOBIN } from '../terminology/haematology.ts';
import { LOSARTAN_50 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const STAGE_3A = icd10cm('N18.31', 'Chronic kidney disease, stage 3a');
const STAGE_3B = icd10cm('N18.32', 'Chronic kidney disease, stage 3b');
/** Years from the diagnosis to the next stage. */
const PROGRESSION_YEARS = 3;

function write(chart: Chart, sinceMs: number): void {
  const later = { fromMs: sinceMs + PROGRESSION_YEARS * YEAR_MS, reason: STAGE_3B };
  const series = { kind: 'followUp', reason: STAGE_3A, fromMs: sinceMs, everyMonths: 9, later } as const;
  let worse = false;
  for (const { visit, index, years } of appointments(chart, series)) {
    const creatinine = rounded(drawn(chart, visit, CREATININE), CREATININE.digits);
    briefVitals(chart, visit);
    reportPanel(chart, visit, BASIC_METABOLIC, new Map([[CREATININE, creatinine]]));
    observe(chart, visit, ALBUMIN_CREATININE_RATIO, 95 + years * 18 + chart.random.normal(0, 12));
    if (index % 2 === 0) measure(chart, visit, HAEMOGLOBIN);
    if (index === 0) {
      const condition = diagnose(chart, visit, STAGE_3A, { endedMs: later.fromMs });
      prescribe(chart, visit, LOSARTAN_50, { reason: condition });
      plan(chart, visit, {
        title: 'Kidney protection',
        condition,
        conditionName: STAGE_3A,
        activities: [
          'No anti-inflammatory painkillers',
          'Protein as a dietitian advises',
          'Referral to nephrology below 30',
        ],
        aim: { description: 'Filtration rate stays above 30', measure: EGFR, above: 30 },
      });
    } else if (!worse && visit.startMs >= later.fromMs) {
      worse = true;
      diagnose(chart, visit, STAGE_3B);
      note(
        chart,
        visit,
        'consult',
        `Creatinine ${creatinine.toFixed(CREATININE.digits)} mg/dL, slow decline as expected. Losartan kept, potassium watched.`,
      );
    }
  }
}

/** Kidney disease of stage 3a that moves to 3b: creatinine and albumin rise, filtration falls. */
export const chronicKidneyDisease: Course = {
  diagnosis: STAGE_3A,
  medicines: [LOSARTAN_50],
  told: true,
  write,
};

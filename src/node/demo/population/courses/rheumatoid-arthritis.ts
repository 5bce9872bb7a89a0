import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { PAIN } from '../terminology/assessment.ts';
import { ALANINE_AMINOTRANSFERASE, C_REACTIVE_PROTEIN } from '../terminology/chemistry.ts';
import { BLOOD_COUNT, SEDIMENTATION_RATE } from '../terminology/haematology.ts';
import { other } from '../terminology/medicine.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const ARTHRITIS = icd10cm(
  'M05.79',
  'Rheumatoid arthritis with rheumatoid factor of multiple sites without organ or systems involvement',
);
const METHOTREXATE = other(
  '105585',
  'methotrexate 2.5 MG Oral Tablet',
  'Take 6 tablets by mouth once a week, on the same weekday',
  [6, 'tablet'],
  [72, 84],
  [1, 7],
);

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: ARTHRITIS, fromMs: sinceMs, everyMonths: 6 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    observe(
      chart,
      visit,
      C_REACTIVE_PROTEIN,
      Math.max(0.5, towards(34, 3.5, years, 0.4) + chart.random.normal(0, 0.8)),
    );
    observe(
      chart,
      visit,
      SEDIMENTATION_RATE,
      Math.max(2, towards(52, 14, years, 0.5) + chart.random.normal(0, 2)),
    );
    observe(chart, visit, PAIN, Math.max(0, towards(7, 2, years, 0.6) + chart.random.normal(0, 0.5)));
    if (index % 3 === 0) {
      reportPanel(chart, visit, BLOOD_COUNT);
      observe(chart, visit, ALANINE_AMINOTRANSFERASE, chart.random.normal(33, 5));
    }
    if (index > 0) continue;
    const condition = diagnose(chart, visit, ARTHRITIS);
    prescribe(chart, visit, METHOTREXATE, { reason: condition });
    plan(chart, visit, {
      title: 'Rheumatoid arthritis, treated to target',
      condition,
      conditionName: ARTHRITIS,
      activities: ['Blood count and liver values every year and a half', 'Exercises for the hands'],
      aim: { description: 'C reactive protein below 5 mg/L', measure: C_REACTIVE_PROTEIN, below: 5 },
    });
  }
}

/** Rheumatoid arthritis: inflammation falls under methotrexate. */
export const rheumatoidArthritis: Course = {
  diagnosis: ARTHRITIS,
  medicines: [METHOTREXATE],
  told: true,
  write,
};

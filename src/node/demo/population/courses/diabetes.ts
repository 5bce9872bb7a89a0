import { SECOND_MEDICINE_YEARS } from '../blood.ts';
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
import { drawn, observe } from '../records/observation.ts';
import { briefVitals } from '../records/vital-signs.ts';
import {
  ALBUMIN_CREATININE_RATIO,
  BASIC_METABOLIC,
  BLOOD_GLUCOSE,
  GLUCOSE,
  HBA1C,
} from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const TYPE_2_DIABETES = icd10cm('E11.9', 'Type 2 diabetes mellitus without complications');
const METFORMIN = oral(
  '860975',
  '24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet',
  'twice a day',
);
const EMPAGLIFLOZIN = oral('1545653', 'empagliflozin 10 MG Oral Tablet', 'once a day');
/** What a capillary sample shows above the fasting value, in mg/dL. */
const AFTER_MEAL = 15;

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: TYPE_2_DIABETES, fromMs: sinceMs, everyMonths: 6 } as const;
  let second = false;
  for (const { visit, index, years } of appointments(chart, series)) {
    const hba1c = rounded(drawn(chart, visit, HBA1C), HBA1C.digits);
    briefVitals(chart, visit);
    observe(chart, visit, HBA1C, hba1c);
    if (index % 4 === 0) {
      reportPanel(chart, visit, BASIC_METABOLIC);
      observe(chart, visit, ALBUMIN_CREATININE_RATIO, 14 + years * 1.5 + chart.random.normal(0, 3));
    } else {
      observe(chart, visit, BLOOD_GLUCOSE, drawn(chart, visit, GLUCOSE) + AFTER_MEAL);
    }
    if (index === 0) {
      const condition = diagnose(chart, visit, TYPE_2_DIABETES, { onsetMs: sinceMs - YEAR_MS / 4 });
      prescribe(chart, visit, METFORMIN, { reason: condition });
      plan(chart, visit, {
        title: 'Diabetes self-management',
        condition,
        conditionName: TYPE_2_DIABETES,
        activities: [
          'Carbohydrate-aware diet',
          '150 minutes of brisk walking a week',
          'Yearly eye and foot examination',
        ],
        aim: { description: 'HbA1c below 7 %', measure: HBA1C, below: 7 },
      });
    } else if (!second && years >= SECOND_MEDICINE_YEARS) {
      second = true;
      const reason = chart.problems.get(TYPE_2_DIABETES.code);
      prescribe(chart, visit, EMPAGLIFLOZIN, reason === undefined ? {} : { reason });
      note(
        chart,
        visit,
        'progress',
        `HbA1c ${hba1c.toFixed(HBA1C.digits)} % on metformin alone. Empagliflozin added. Feet without findings.`,
      );
    }
  }
}

/** Type 2 diabetes: HbA1c falls under metformin, drifts up and falls again when empagliflozin is added. */
export const diabetes: Course = {
  diagnosis: TYPE_2_DIABETES,
  medicines: [METFORMIN, EMPAGLIFLOZIN],
  told: true,
  write,
};

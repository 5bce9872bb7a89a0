import { YEAR_MS } from '../calendar.ts';
import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { briefVitals } from '../records/vital-signs.ts';
import {
  ALBUMIN_CREATININE_RATIO,
  BASIC_METABOLIC,
  BLOOD_GLUCOSE,
  GLUCOSE,
  HBA1C,
} from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import { type Course, towards } from './course.ts';

const TYPE_2_DIABETES = icd10cm('E11.9', 'Type 2 diabetes mellitus without complications');
const METFORMIN = oral(
  '860975',
  '24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet',
  'twice a day',
);
const EMPAGLIFLOZIN = oral('1545653', 'empagliflozin 10 MG Oral Tablet', 'once a day');
/** Years after which metformin alone no longer suffices and the second medicine is added. */
const SECOND_MEDICINE_YEARS = 3.5;

/** Returns the HbA1c in percent so many years after the diagnosis: down under metformin, slowly up, down again. */
function glycatedHaemoglobin(years: number): number {
  const onMetformin = towards(9.2, 6.8, years, 0.3) + 0.22 * Math.max(0, years - 1);
  return years < SECOND_MEDICINE_YEARS ? onMetformin : towards(7.4, 6.7, years - SECOND_MEDICINE_YEARS, 0.5);
}

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: TYPE_2_DIABETES, fromMs: sinceMs, everyMonths: 6 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    const hba1c = glycatedHaemoglobin(years) + chart.random.normal(0, 0.15);
    const fasting = 28.7 * hba1c - 46.7 - 12 + chart.random.normal(0, 8);
    briefVitals(chart, visit);
    observe(chart, visit, HBA1C, hba1c);
    if (index % 4 === 0) {
      reportPanel(chart, visit, BASIC_METABOLIC, new Map([[GLUCOSE, fasting]]));
      observe(chart, visit, ALBUMIN_CREATININE_RATIO, 14 + years * 1.5 + chart.random.normal(0, 3));
    } else {
      observe(chart, visit, BLOOD_GLUCOSE, fasting + 15);
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
    } else if (years >= SECOND_MEDICINE_YEARS && years < SECOND_MEDICINE_YEARS + 0.5) {
      const reason = chart.problems.get(TYPE_2_DIABETES.code);
      prescribe(chart, visit, EMPAGLIFLOZIN, reason === undefined ? {} : { reason });
      note(
        chart,
        visit,
        'progress',
        `HbA1c ${hba1c.toFixed(1)} % on metformin alone. Empagliflozin added. Feet without findings.`,
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

import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { prescribe } from '../records/medication.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { BASIC_METABOLIC } from '../terminology/chemistry.ts';
import { HYDROCHLOROTHIAZIDE_25, LISINOPRIL_10 } from '../terminology/medicines.ts';
import { SYSTOLIC } from '../terminology/vital-signs.ts';
import type { Course } from './course.ts';

const HYPERTENSION = icd10cm('I10', 'Essential (primary) hypertension');

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: HYPERTENSION, fromMs: sinceMs, everyMonths: 13 } as const;
  for (const { visit, index } of appointments(chart, series)) {
    briefVitals(chart, visit);
    if (index % 4 === 0) reportPanel(chart, visit, BASIC_METABOLIC);
    if (index === 0) {
      const condition = diagnose(chart, visit, HYPERTENSION);
      prescribe(chart, visit, LISINOPRIL_10, { reason: condition });
      plan(chart, visit, {
        title: 'Blood pressure control',
        condition,
        conditionName: HYPERTENSION,
        activities: ['Less than 2 g of sodium a day', 'Blood pressure taken at home twice a week'],
        aim: { description: 'Systolic pressure below 130 mmHg', measure: SYSTOLIC, below: 130 },
      });
    } else if (index === 1) {
      const reason = chart.problems.get(HYPERTENSION.code);
      prescribe(chart, visit, HYDROCHLOROTHIAZIDE_25, reason === undefined ? {} : { reason });
    }
  }
}

/** High blood pressure, brought under control with an ACE inhibitor and a thiazide; the body supplies the readings. */
export const hypertension: Course = {
  diagnosis: HYPERTENSION,
  medicines: [LISINOPRIL_10, HYDROCHLOROTHIAZIDE_25],
  told: true,
  write,
};

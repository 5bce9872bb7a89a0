import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { note } from '../records/document.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { MMSE } from '../terminology/assessment.ts';
import { oral } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const ALZHEIMER = icd10cm('G30.9', "Alzheimer's disease, unspecified");
const DONEPEZIL = oral('997223', 'donepezil hydrochloride 10 MG Oral Tablet', 'at bedtime');
/** Points of the MMSE at the diagnosis. */
const FIRST_SCORE = 24;
/** Points lost each year since, about what studies of untreated disease find. */
const YEARLY_LOSS = 2.6;

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: ALZHEIMER, fromMs: sinceMs, everyMonths: 6 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    briefVitals(chart, visit);
    observe(chart, visit, MMSE, Math.max(0, FIRST_SCORE - YEARLY_LOSS * years + chart.random.normal(0, 0.6)));
    if (index > 0) continue;
    const condition = diagnose(chart, visit, ALZHEIMER);
    prescribe(chart, visit, DONEPEZIL, { reason: condition });
    note(
      chart,
      visit,
      'consult',
      'Forgets appointments and repeats questions, confirmed by the family. Still manages the household with help. Driving stopped.',
    );
    plan(chart, visit, {
      title: 'Dementia care',
      condition,
      conditionName: ALZHEIMER,
      activities: ['Support for the family carer', 'Home made safe against falls', 'Health care proxy named'],
    });
  }
}

/** Alzheimer's disease: the cognitive score falls from visit to visit. */
export const alzheimer: Course = { diagnosis: ALZHEIMER, medicines: [DONEPEZIL], told: true, write };

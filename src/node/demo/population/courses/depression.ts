import { icd10cm, icd10pcs } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { note } from '../records/document.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { PHQ_9 } from '../terminology/assessment.ts';
import { oral } from '../terminology/medicine.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const DEPRESSION = icd10cm('F33.1', 'Major depressive disorder, recurrent, moderate');
const SERTRALINE = oral('312941', 'sertraline 50 MG Oral Tablet', 'once a day');
const PSYCHOTHERAPY = icd10pcs('GZ58ZZZ', 'Individual Psychotherapy, Cognitive-Behavioral');
/** Sessions of psychotherapy at the beginning of the series of visits. */
const SESSIONS = 8;
/** A relapse lifts the score again so many years after the beginning. */
const RELAPSE_YEARS = 2.5;

/** Returns the PHQ-9 score: falling under treatment, up again in the relapse. */
function score(years: number): number {
  const treated = towards(18, 4, years, 0.35);
  return years < RELAPSE_YEARS ? treated : towards(14, 3, years - RELAPSE_YEARS, 0.35);
}

function write(chart: Chart, sinceMs: number): void {
  const series = {
    kind: 'followUp',
    reason: DEPRESSION,
    fromMs: sinceMs,
    everyMonths: 5,
    sensitivity: 'mental-health',
  } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    const phq9 = Math.max(0, Math.min(27, score(years) + chart.random.normal(0, 1)));
    observe(chart, visit, PHQ_9, phq9);
    if (index === 0) {
      const condition = diagnose(chart, visit, DEPRESSION);
      prescribe(chart, visit, SERTRALINE, { reason: condition });
      note(
        chart,
        visit,
        'history',
        'Low mood and poor sleep for three months, second episode. No thoughts of self-harm. Sertraline and weekly therapy agreed.',
      );
    } else if (index <= SESSIONS) {
      perform(chart, visit, PSYCHOTHERAPY, chart.problems.get(DEPRESSION.code));
    }
  }
}

/** Recurrent depression under an antidepressant and psychotherapy, with a relapse; labelled as mental health. */
export const depression: Course = {
  diagnosis: DEPRESSION,
  medicines: [SERTRALINE],
  told: false,
  sensitivity: 'mental-health',
  write,
};

import { YEAR_MS } from '../calendar.ts';
import { icd10cm, loinc, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { prescribe } from '../records/medication.ts';
import { observeFinding } from '../records/observation.ts';
import { other } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const DEPENDENCE = icd10cm('F11.20', 'Opioid dependence, uncomplicated');
const REMISSION = icd10cm('F11.21', 'Opioid dependence, in remission');
const BUPRENORPHINE = other(
  '352364',
  'buprenorphine 8 MG / naloxone 2 MG Sublingual Tablet',
  'Let 1 tablet dissolve under the tongue every morning',
  [1, 'tablet'],
  [30, 30],
  [1, 1],
);
const DRUG_SCREEN = loinc('65750-2', 'Drugs of abuse 5 panel - Urine by Screen method');
const NEGATIVE = snomed('260385009', 'Negative');
const POSITIVE = snomed('10828004', 'Positive');
/** Years of treatment after which the chart states remission. */
const REMISSION_YEARS = 2;
/** Share of positive urine screens in the first half year. */
const EARLY_POSITIVE = 0.4;

function write(chart: Chart, sinceMs: number): void {
  const remissionMs = sinceMs + REMISSION_YEARS * YEAR_MS;
  const series = {
    kind: 'followUp',
    reason: DEPENDENCE,
    fromMs: sinceMs,
    everyMonths: 4,
    later: { fromMs: remissionMs, reason: REMISSION },
    sensitivity: 'opioid',
  } as const;
  let remitted = false;
  for (const { visit, index, years } of appointments(chart, series)) {
    const positive = index === 0 || (years < 0.5 && chart.random.chance(EARLY_POSITIVE));
    observeFinding(chart, visit, 'laboratory', DRUG_SCREEN, positive ? POSITIVE : NEGATIVE);
    if (index === 0) {
      const condition = diagnose(chart, visit, DEPENDENCE, { endedMs: remissionMs, end: 'remission' });
      prescribe(chart, visit, BUPRENORPHINE, { reason: condition });
      plan(chart, visit, {
        title: 'Opioid recovery',
        condition,
        conditionName: DEPENDENCE,
        activities: ['Counselling every two weeks', 'Naloxone spray kept at home'],
      });
    } else if (!remitted && visit.startMs >= remissionMs) {
      remitted = true;
      diagnose(chart, visit, REMISSION, { onsetMs: remissionMs });
    }
  }
}

/** Opioid dependence after an injury, under buprenorphine and in remission; labelled as opioid use disorder information. */
export const opioidUse: Course = {
  diagnosis: REMISSION,
  medicines: [BUPRENORPHINE],
  told: false,
  sensitivity: 'opioid',
  write,
};

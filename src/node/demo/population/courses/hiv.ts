import { icd10cm } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { BASIC_METABOLIC } from '../terminology/chemistry.ts';
import { BLOOD_COUNT, CD4_CELLS, HIV_RNA } from '../terminology/haematology.ts';
import { oral } from '../terminology/medicine.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const HIV = icd10cm('Z21', 'Asymptomatic human immunodeficiency virus [HIV] infection status');
const BICTEGRAVIR = oral(
  '1999667',
  'bictegravir 50 MG / emtricitabine 200 MG / tenofovir alafenamide 25 MG Oral Tablet',
  'once a day',
  30,
);
/** Copies a mL before treatment. */
const FIRST_VIRAL_LOAD = 48_200;
/** Below this many copies a mL the virus counts as undetectable. */
const UNDETECTABLE = 20;

function write(chart: Chart, sinceMs: number): void {
  const series = {
    kind: 'followUp',
    reason: HIV,
    fromMs: sinceMs,
    everyMonths: 6,
    sensitivity: 'hiv',
  } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    const viralLoad = Math.max(UNDETECTABLE - 1, towards(FIRST_VIRAL_LOAD, 0, years, 0.05));
    observe(chart, visit, CD4_CELLS, towards(310, 720, years, 1) + chart.random.normal(0, 25));
    observe(chart, visit, HIV_RNA, viralLoad);
    if (index % 3 === 0) {
      reportPanel(chart, visit, BASIC_METABOLIC);
      if (index === 0) reportPanel(chart, visit, BLOOD_COUNT);
    }
    if (index > 0) continue;
    const condition = diagnose(chart, visit, HIV);
    prescribe(chart, visit, BICTEGRAVIR, { reason: condition });
    note(
      chart,
      visit,
      'consult',
      'Found on routine screening. Treatment begun on the day of the result. Partner notification offered.',
    );
  }
}

/** HIV infection found by screening: the virus disappears under treatment and the CD4 count recovers; labelled as HIV information. */
export const hiv: Course = {
  diagnosis: HIV,
  medicines: [BICTEGRAVIR],
  told: false,
  sensitivity: 'hiv',
  write,
};

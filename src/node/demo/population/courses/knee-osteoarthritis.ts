import { DAY_MS, YEAR_MS } from '../calendar.ts';
import { icd10cm, icd10pcs, loinc } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { report } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { PAIN } from '../terminology/assessment.ts';
import { HAEMOGLOBIN } from '../terminology/haematology.ts';
import { ACETAMINOPHEN_500, NAPROXEN_500 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const OSTEOARTHRITIS = icd10cm('M17.11', 'Unilateral primary osteoarthritis, right knee');
const ARTIFICIAL_KNEE = icd10cm('Z96.651', 'Presence of right artificial knee joint');
const REPLACEMENT = icd10pcs(
  '0SRC0J9',
  'Replacement of Right Knee Joint with Synthetic Substitute, Cemented, Open Approach',
);
const KNEE_X_RAY_REPORT = loinc('18748-4', 'Diagnostic imaging study');
/** The joint is replaced so many years after the diagnosis, where the hospital does it. */
const REPLACEMENT_YEARS = 3;

function replace(chart: Chart, atMs: number): void {
  const admission = open(chart, 'admission', atMs, OSTEOARTHRITIS, { nights: 3 });
  if (admission === undefined) return;
  briefVitals(chart, admission);
  observe(chart, admission, HAEMOGLOBIN, chart.random.normal(11.4, 0.4), admission.endMs - DAY_MS);
  perform(chart, admission, REPLACEMENT, chart.problems.get(OSTEOARTHRITIS.code));
  prescribe(chart, admission, ACETAMINOPHEN_500);
  note(
    chart,
    admission,
    'discharge',
    'Cemented total knee replacement, right. Walks 60 m with two crutches, bends to 85 degrees. Physiotherapy three times a week.',
  );
  const check = open(chart, 'followUp', admission.endMs + 42 * DAY_MS, ARTIFICIAL_KNEE);
  if (check === undefined) return;
  observe(chart, check, PAIN, 2);
  diagnose(chart, check, ARTIFICIAL_KNEE, { onsetMs: admission.startMs });
}

function write(chart: Chart, sinceMs: number): void {
  const replacedMs = sinceMs + REPLACEMENT_YEARS * YEAR_MS;
  const series = {
    kind: 'symptom',
    reason: OSTEOARTHRITIS,
    fromMs: sinceMs,
    everyMonths: 8,
    untilMs: replacedMs,
  } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    briefVitals(chart, visit);
    observe(chart, visit, PAIN, Math.min(9, 5 + years * 1.1));
    if (index > 0) continue;
    const condition = diagnose(chart, visit, OSTEOARTHRITIS, { endedMs: replacedMs });
    report(chart, visit, 'radiology', KNEE_X_RAY_REPORT, {
      conclusion: 'Narrowed medial joint space with osteophytes, Kellgren-Lawrence grade 3.',
    });
    prescribe(chart, visit, NAPROXEN_500, { reason: condition });
  }
  if (chart.site.name === 'st-mary') replace(chart, replacedMs);
}

/** A worn knee: growing pain, then a new joint. */
export const kneeOsteoarthritis: Course = { diagnosis: OSTEOARTHRITIS, medicines: [], told: true, write };

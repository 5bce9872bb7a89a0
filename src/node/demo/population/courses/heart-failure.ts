import { YEAR_MS } from '../calendar.ts';
import { icd10cm, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals, briefVitals } from '../records/vital-signs.ts';
import { EJECTION_FRACTION } from '../terminology/assessment.ts';
import { BASIC_METABOLIC, NT_PRO_BNP } from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import { LISINOPRIL_20 } from '../terminology/medicines.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const HEART_FAILURE = icd10cm('I50.22', 'Chronic systolic (congestive) heart failure');
const DECOMPENSATION = icd10cm('I50.23', 'Acute on chronic systolic (congestive) heart failure');
const ECHOCARDIOGRAPHY = snomed('40701008', 'Echocardiography');
const CARVEDILOL = oral('200033', 'carvedilol 25 MG Oral Tablet', 'twice a day');
const FUROSEMIDE = oral('313988', 'furosemide 40 MG Oral Tablet', 'once a day');
/** The heart decompensates so many years after the diagnosis. */
const ADMISSION_YEARS = 1.8;

function admit(chart: Chart, atMs: number): void {
  const admission = open(chart, 'admission', atMs, DECOMPENSATION, { nights: 5 });
  if (admission === undefined) return;
  acuteVitals(chart, admission, { saturation: 89, breaths: 26 });
  observe(chart, admission, NT_PRO_BNP, 5400 + chart.random.normal(0, 300));
  reportPanel(chart, admission, BASIC_METABOLIC);
  diagnose(chart, admission, DECOMPENSATION, { acute: true, endedMs: admission.endMs });
  note(
    chart,
    admission,
    'discharge',
    'Admitted with leg swelling and breathlessness at rest after salty meals. 4.2 kg lost under intravenous furosemide. Daily weighing explained.',
  );
}

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: HEART_FAILURE, fromMs: sinceMs, everyMonths: 6 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    briefVitals(chart, visit);
    observe(chart, visit, NT_PRO_BNP, towards(2900, 850, years, 0.5) + chart.random.normal(0, 60));
    if (index % 3 === 0) reportPanel(chart, visit, BASIC_METABOLIC);
    if (index % 4 === 0) {
      perform(chart, visit, ECHOCARDIOGRAPHY, chart.problems.get(HEART_FAILURE.code));
      observe(chart, visit, EJECTION_FRACTION, towards(31, 42, years, 1) + chart.random.normal(0, 1));
    }
    if (index > 0) continue;
    const condition = diagnose(chart, visit, HEART_FAILURE);
    for (const medicine of [CARVEDILOL, FUROSEMIDE, LISINOPRIL_20]) {
      prescribe(chart, visit, medicine, { reason: condition });
    }
    plan(chart, visit, {
      title: 'Heart failure self-management',
      condition,
      conditionName: HEART_FAILURE,
      activities: ['Weigh every morning and call at 2 kg in three days', 'Less than 2 g of sodium a day'],
    });
  }
  admit(chart, sinceMs + ADMISSION_YEARS * YEAR_MS);
}

/** Systolic heart failure under a beta blocker, diuretic and ACE inhibitor, with one admission. */
export const heartFailure: Course = {
  diagnosis: HEART_FAILURE,
  medicines: [CARVEDILOL, FUROSEMIDE, LISINOPRIL_20],
  told: true,
  write,
};

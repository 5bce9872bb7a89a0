import { DAY_MS, HOUR_MS } from '../calendar.ts';
import { icd10cm, icd10pcs } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals, briefVitals } from '../records/vital-signs.ts';
import { LIPIDS, TROPONIN_I } from '../terminology/chemistry.ts';
import { oral } from '../terminology/medicine.ts';
import { ASPIRIN_81, ATORVASTATIN_80 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const CORONARY_DISEASE = icd10cm(
  'I25.10',
  'Atherosclerotic heart disease of native coronary artery without angina pectoris',
);
const INFARCTION = icd10cm('I21.4', 'Non-ST elevation (NSTEMI) myocardial infarction');
const CATHETER = icd10pcs(
  '4A023N7',
  'Measurement of Cardiac Sampling and Pressure, Left Heart, Percutaneous Approach',
);
const STENT = icd10pcs(
  '027034Z',
  'Dilation of Coronary Artery, One Artery with Drug-eluting Intraluminal Device, Percutaneous Approach',
);
const CLOPIDOGREL = oral('309362', 'clopidogrel 75 MG Oral Tablet', 'once a day');
const METOPROLOL = oral('866514', 'metoprolol tartrate 50 MG Oral Tablet', 'twice a day');
/** High-sensitivity troponin over the first hours of the infarction: ng/L by hour. */
const TROPONIN_COURSE = [
  [0, 84],
  [3, 612],
  [9, 1480],
] as const;
/** Two platelet inhibitors are given for a year after a stent. */
const DUAL_TREATMENT_DAYS = 365;

function write(chart: Chart, sinceMs: number): void {
  const admission = open(chart, 'admission', sinceMs, INFARCTION, { nights: 4 });
  if (admission === undefined) return;
  acuteVitals(chart, admission, { saturation: 95, breaths: 20 });
  for (const [hour, troponin] of TROPONIN_COURSE) {
    const value = troponin * chart.random.normal(1, 0.05);
    observe(chart, admission, TROPONIN_I, value, admission.startMs + hour * HOUR_MS);
  }
  const infarction = diagnose(chart, admission, INFARCTION, { acute: true, endedMs: admission.endMs });
  const disease = diagnose(chart, admission, CORONARY_DISEASE);
  perform(chart, admission, CATHETER, infarction);
  perform(chart, admission, STENT, infarction);
  for (const medicine of [ASPIRIN_81, METOPROLOL, ATORVASTATIN_80]) {
    prescribe(chart, admission, medicine, { reason: disease });
  }
  prescribe(chart, admission, CLOPIDOGREL, {
    reason: disease,
    untilMs: sinceMs + DUAL_TREATMENT_DAYS * DAY_MS,
  });
  note(
    chart,
    admission,
    'discharge',
    'Chest pain for two hours, troponin rising. 90 % stenosis of the left anterior descending artery, one stent. Free of pain since. Cardiac rehabilitation arranged.',
  );
  const series = {
    kind: 'followUp',
    reason: CORONARY_DISEASE,
    fromMs: sinceMs + 42 * DAY_MS,
    everyMonths: 12,
  } as const;
  for (const { visit } of appointments(chart, series)) {
    briefVitals(chart, visit);
    reportPanel(chart, visit, LIPIDS);
  }
}

/** A heart attack treated with a stent, and the years of prevention after it. */
export const coronaryDisease: Course = {
  diagnosis: CORONARY_DISEASE,
  medicines: [ASPIRIN_81, METOPROLOL, ATORVASTATIN_80],
  told: true,
  write,
};

import { YEAR_MS } from '../calendar.ts';
import { icd10cm, loinc, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { report } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals } from '../records/vital-signs.ts';
import { FEV1_TO_FVC } from '../terminology/assessment.ts';
import { other } from '../terminology/medicine.ts';
import { ALBUTEROL_INHALER, PREDNISONE_20 } from '../terminology/medicines.ts';
import { OXYGEN_SATURATION } from '../terminology/vital-signs.ts';
import type { Course } from './course.ts';

const COPD = icd10cm('J44.9', 'Chronic obstructive pulmonary disease, unspecified');
const EXACERBATION = icd10cm('J44.1', 'Chronic obstructive pulmonary disease with (acute) exacerbation');
const SPIROMETRY = snomed('127783003', 'Spirometry');
const CHEST_X_RAY = snomed('399208008', 'Plain chest X-ray');
const CHEST_X_RAY_REPORT = loinc('36643-5', 'XR Chest 2 Views');
const FLUTICASONE_SALMETEROL = other(
  '896209',
  '60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler',
  'Inhale 1 puff twice a day and rinse the mouth afterwards',
  [1, 'puff'],
  [60, 30],
  [2, 1],
);
const EXACERBATIONS_AFTER_YEARS = [1.1, 3.4] as const;

function exacerbate(chart: Chart, atMs: number): void {
  const emergency = open(chart, 'emergency', atMs, EXACERBATION);
  if (emergency === undefined) return;
  acuteVitals(chart, emergency, { temperature: 37.8, saturation: 87, breaths: 27 });
  const condition = diagnose(chart, emergency, EXACERBATION, {
    acute: true,
    endedMs: emergency.endMs + YEAR_MS / 36,
  });
  perform(chart, emergency, CHEST_X_RAY, condition);
  report(chart, emergency, 'radiology', CHEST_X_RAY_REPORT, {
    conclusion: 'Hyperinflated lungs, no infiltrate, no effusion.',
  });
  prescribe(chart, emergency, PREDNISONE_20, { reason: condition });
  note(
    chart,
    emergency,
    'emergency',
    'More sputum and breathlessness for three days. Better after nebulisers and oxygen. Home with prednisone.',
  );
}

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: COPD, fromMs: sinceMs, everyMonths: 8 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    observe(chart, visit, OXYGEN_SATURATION, 94.5 - years * 0.3 + chart.random.normal(0, 0.6));
    if (index % 2 === 0) {
      perform(chart, visit, SPIROMETRY, chart.problems.get(COPD.code));
      observe(chart, visit, FEV1_TO_FVC, 61 - years * 1.1 + chart.random.normal(0, 0.8));
    }
    if (index > 0) continue;
    const condition = diagnose(chart, visit, COPD);
    prescribe(chart, visit, FLUTICASONE_SALMETEROL, { reason: condition });
    prescribe(chart, visit, ALBUTEROL_INHALER, { reason: condition });
  }
  for (const years of EXACERBATIONS_AFTER_YEARS) exacerbate(chart, sinceMs + years * YEAR_MS);
}

/** Chronic obstructive lung disease of a former smoker: lung function declines, with exacerbations. */
export const copd: Course = {
  diagnosis: COPD,
  medicines: [FLUTICASONE_SALMETEROL, ALBUTEROL_INHALER],
  told: true,
  write,
};

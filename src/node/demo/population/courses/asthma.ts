import { YEAR_MS } from '../calendar.ts';
import { icd10cm, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals } from '../records/vital-signs.ts';
import { FEV1_TO_FVC, PEAK_FLOW } from '../terminology/assessment.ts';
import { other } from '../terminology/medicine.ts';
import { ALBUTEROL_INHALER, PREDNISONE_20 } from '../terminology/medicines.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const ASTHMA = icd10cm('J45.30', 'Mild persistent asthma, uncomplicated');
const EXACERBATION = icd10cm('J45.31', 'Mild persistent asthma with (acute) exacerbation');
const SPIROMETRY = snomed('127783003', 'Spirometry');
const FLUTICASONE = other(
  '895994',
  '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler',
  'Inhale 2 puffs twice a day and rinse the mouth afterwards',
  [2, 'puff'],
  [120, 30],
  [2, 1],
);
/** The first attack that leads to the emergency room comes this long after the diagnosis. */
const ATTACK_YEARS = 1.3;

/** Returns the peak flow in L/min that the height predicts (about 5 L/min for each cm above 80). */
function predictedFlow(chart: Chart, atMs: number): number {
  return Math.max(120, (chart.body.heightCm(atMs) - 80) * 5);
}

function attack(chart: Chart, atMs: number): void {
  const emergency = open(chart, 'emergency', atMs, EXACERBATION);
  if (emergency === undefined) return;
  acuteVitals(chart, emergency, { saturation: 92, breaths: 28 });
  observe(chart, emergency, PEAK_FLOW, predictedFlow(chart, atMs) * 0.58);
  const acute = { acute: true, endedMs: emergency.startMs + YEAR_MS / 52 };
  const condition = diagnose(chart, emergency, EXACERBATION, acute);
  prescribe(chart, emergency, PREDNISONE_20, { reason: condition });
  note(
    chart,
    emergency,
    'emergency',
    'Wheeze and shortness of breath since the evening. Relief after nebulised albuterol. Sent home with prednisone for five days.',
  );
}

function write(chart: Chart, sinceMs: number): void {
  const series = { kind: 'followUp', reason: ASTHMA, fromMs: sinceMs, everyMonths: 6 } as const;
  for (const { visit, index, years } of appointments(chart, series)) {
    const control = towards(0.74, 0.95, years, 0.5) + chart.random.normal(0, 0.02);
    observe(chart, visit, PEAK_FLOW, predictedFlow(chart, visit.startMs) * control);
    if (index % 2 === 0) {
      perform(chart, visit, SPIROMETRY, chart.problems.get(ASTHMA.code));
      observe(chart, visit, FEV1_TO_FVC, towards(71, 82, years, 0.6) + chart.random.normal(0, 1));
    }
    if (index > 0) continue;
    const condition = diagnose(chart, visit, ASTHMA);
    prescribe(chart, visit, ALBUTEROL_INHALER, { reason: condition });
    prescribe(chart, visit, FLUTICASONE, { reason: condition });
    plan(chart, visit, {
      title: 'Asthma action plan',
      condition,
      conditionName: ASTHMA,
      activities: ['Inhaler technique shown and repeated', 'Peak flow every morning', 'Smoke-free home'],
    });
  }
  attack(chart, sinceMs + ATTACK_YEARS * YEAR_MS);
}

/** Asthma under an inhaled steroid, with one attack treated in the emergency room. */
export const asthma: Course = {
  diagnosis: ASTHMA,
  medicines: [ALBUTEROL_INHALER, FLUTICASONE],
  told: true,
  write,
};

import { YEAR_MS } from '../calendar.ts';
import { icd10cm, icd10pcs } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals } from '../records/vital-signs.ts';
import { AUDIT_C } from '../terminology/assessment.ts';
import { ALANINE_AMINOTRANSFERASE } from '../terminology/chemistry.ts';
import { towards } from '../trajectory.ts';
import type { Course } from './course.ts';

const DEPENDENCE = icd10cm('F10.20', 'Alcohol dependence, uncomplicated');
const REMISSION = icd10cm('F10.21', 'Alcohol dependence, in remission');
const WITHDRAWAL = icd10cm('F10.230', 'Alcohol dependence with withdrawal, uncomplicated');
const DETOXIFICATION = icd10pcs('HZ2ZZZZ', 'Detoxification Services for Substance Abuse Treatment');
/** Years from the withdrawal treatment to the remission that the chart states. */
const REMISSION_YEARS = 1.5;

function write(chart: Chart, sinceMs: number): void {
  const sensitivity = 'alcohol';
  const remissionMs = sinceMs + REMISSION_YEARS * YEAR_MS;
  const admission = open(chart, 'admission', sinceMs, WITHDRAWAL, { nights: 5, sensitivity });
  if (admission === undefined) return;
  acuteVitals(chart, admission, { temperature: 37.4 });
  observe(chart, admission, ALANINE_AMINOTRANSFERASE, chart.random.normal(88, 8));
  diagnose(chart, admission, DEPENDENCE, { endedMs: remissionMs, end: 'remission' });
  perform(chart, admission, DETOXIFICATION, chart.problems.get(DEPENDENCE.code));
  note(
    chart,
    admission,
    'discharge',
    'Withdrawal treated without seizure. Abstinent at discharge, joins the weekly group.',
  );
  const series = {
    kind: 'followUp',
    reason: DEPENDENCE,
    fromMs: sinceMs + YEAR_MS / 12,
    everyMonths: 5,
    later: { fromMs: remissionMs, reason: REMISSION },
    sensitivity,
  } as const;
  let remitted = false;
  for (const { visit, years } of appointments(chart, series)) {
    observe(chart, visit, AUDIT_C, Math.max(0, towards(9, 0, years, 0.5) + chart.random.normal(0, 0.6)));
    observe(chart, visit, ALANINE_AMINOTRANSFERASE, towards(70, 26, years, 0.4) + chart.random.normal(0, 3));
    if (remitted || visit.startMs < remissionMs) continue;
    remitted = true;
    diagnose(chart, visit, REMISSION, { onsetMs: remissionMs });
  }
}

/** Alcohol dependence treated in hospital and since in remission; labelled as alcohol use disorder information. */
export const alcoholUse: Course = {
  diagnosis: REMISSION,
  medicines: [],
  told: false,
  sensitivity: 'alcohol',
  write,
};

import { YEAR_MS } from '../calendar.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observeFinding } from '../records/observation.ts';
import { acuteVitals } from '../records/vital-signs.ts';
import {
  ACUTE_ILLNESSES,
  type AcuteIllness,
  AZITHROMYCIN,
  canOccur,
  endOf,
  PENICILLIN,
} from './acute-illness.ts';

/** Younger people fall ill more often. */
const CHILD_YEARS = 12;
/** Acute visits a year, of children and of everybody else. */
const A_YEAR = { child: 0.9, other: 0.3 } as const;

function medicineFor(chart: Chart, illness: AcuteIllness): AcuteIllness['medicine'] {
  const allergic = chart.profile.allergies?.includes('penicillin') === true;
  return illness.medicine === PENICILLIN && allergic ? AZITHROMYCIN : illness.medicine;
}

function see(chart: Chart, illness: AcuteIllness, atMs: number): void {
  const visit = open(chart, illness.kind, atMs, illness.diagnosis);
  if (visit === undefined) return;
  if (visit.setting !== 'virtual') acuteVitals(chart, visit, { temperature: illness.temperature });
  if (illness.test !== undefined) observeFinding(chart, visit, 'laboratory', ...illness.test);
  const endedMs = endOf(illness, visit.startMs);
  const condition = diagnose(chart, visit, illness.diagnosis, { acute: true, endedMs });
  const medicine = medicineFor(chart, illness);
  if (medicine !== undefined) prescribe(chart, visit, medicine, { reason: condition });
}

/** Records the visits for passing illnesses, some each year of the chart. */
export function acuteVisits(chart: Chart): void {
  const { historyYears, sex } = chart.profile;
  const years = Math.min(historyYears, chart.body.ageYears(chart.nowMs));
  for (let year = years; year > 0; year -= 1) {
    const atMs = chart.yearsAgo(year) + chart.random.between(0, 1) * YEAR_MS;
    const age = chart.body.ageYears(atMs);
    if (!chart.random.chance(age < CHILD_YEARS ? A_YEAR.child : A_YEAR.other)) continue;
    const [first, ...others] = ACUTE_ILLNESSES.filter((illness) => canOccur(illness, age, sex, atMs));
    if (first !== undefined) see(chart, chart.random.pick([first, ...others]), atMs);
  }
}

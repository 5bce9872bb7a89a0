import { ADULT_YEARS } from '../body.ts';
import { YEAR_MS, yearOf } from '../calendar.ts';
import { icd10cm } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import { visit as open } from '../records/encounter.ts';
import { immunize } from '../records/immunization.ts';
import type { Visit } from '../records/visit.ts';
import { fullVitals } from '../records/vital-signs.ts';
import { INFANT_VISIT_MONTHS, vaccinesDue, YEAR_MONTHS } from './childhood-schedule.ts';

const CHILD_EXAMINATION = icd10cm(
  'Z00.129',
  'Encounter for routine child health examination without abnormal findings',
);
const MONTH_MS = YEAR_MS / YEAR_MONTHS;

/** Records the well-child visits with growth and vaccines, as far back as the chart goes, and yields each. */
export function* wellChildVisits(chart: Chart): Generator<Visit> {
  const yearly = Array.from({ length: ADULT_YEARS - 4 }, (_, index) => (index + 4) * YEAR_MONTHS);
  for (const month of [...INFANT_VISIT_MONTHS, ...yearly]) {
    const dayMs = chart.body.bornMs + month * MONTH_MS + chart.random.between(0, 0.3) * MONTH_MS;
    if (dayMs < chart.yearsAgo(chart.profile.historyYears)) continue;
    const visit = open(chart, 'wellChild', dayMs, CHILD_EXAMINATION);
    if (visit === undefined) return;
    fullVitals(chart, visit);
    for (const vaccine of vaccinesDue(month, yearOf(visit.startMs))) immunize(chart, visit, vaccine);
    yield visit;
  }
}

import { dateOf, monthOf, YEAR_MS, yearOf } from '../calendar.ts';
import { icd10cm, loinc, snomed } from '../code-system.ts';
import { afflictionsOf } from '../profile.ts';
import { appointments } from '../records/appointments.ts';
import type { Chart } from '../records/chart.ts';
import { report, reportPanel } from '../records/diagnostic-report.ts';
import { visit as open } from '../records/encounter.ts';
import { immunize } from '../records/immunization.ts';
import { perform } from '../records/procedure.ts';
import type { Visit } from '../records/visit.ts';
import { fullVitals } from '../records/vital-signs.ts';
import { BASIC_METABOLIC, LIPIDS } from '../terminology/chemistry.ts';
import { BLOOD_COUNT } from '../terminology/haematology.ts';
import { covidVaccine, influenzaVaccine, PCV20, PPV23, TD, TDAP, ZOSTER } from '../terminology/vaccines.ts';

const EXAMINATION = icd10cm(
  'Z00.00',
  'Encounter for general adult medical examination without abnormal findings',
);
const IMMUNIZATION = icd10cm('Z23', 'Encounter for immunization');
const COLON_SCREENING = icd10cm('Z12.11', 'Encounter for screening for malignant neoplasm of colon');
const COLONOSCOPY = snomed('73761001', 'Colonoscopy');
const MAMMOGRAPHY = snomed('71651007', 'Mammography');
const MAMMOGRAM_REPORT = loinc('24606-6', 'MG Breast Screening');

/** Age in years from which lipids are looked at without a reason (USPSTF for men). */
const LIPIDS_FROM = 35;
/** Age in years for the zoster vaccine (CDC). */
const ZOSTER_FROM = 50;
/** Age in years for the pneumococcal vaccine (CDC, until 2024). */
const PNEUMOCOCCAL_FROM = 65;
/** Ages in years for a mammogram every other year (USPSTF). */
const MAMMOGRAM_AGES = [50, 74] as const;
/** Ages in years for a colonoscopy (USPSTF). */
const COLONOSCOPY_AGES = [45, 75] as const;
/** Share of adults who get an influenza or COVID-19 vaccine in a season. */
const VACCINATED = 0.6;
/** From then on adults got the 20-valent conjugate vaccine. */
const FIRST_PCV20_YEAR = 2022;
/** Months between check-ups: people come a little late, and later when they are seen for two diseases anyway. */
const CHECK_UP_MONTHS = { well: 14, seenAnyway: 20 } as const;

function vaccinate(chart: Chart, visit: Visit, index: number): void {
  const age = chart.body.ageYears(visit.startMs);
  const month = monthOf(visit.startMs);
  const year = yearOf(visit.startMs);
  if (index === 1) immunize(chart, visit, age < 60 ? TDAP : TD);
  if (age >= ZOSTER_FROM && (index === 2 || index === 3)) immunize(chart, visit, ZOSTER);
  if (age >= PNEUMOCOCCAL_FROM && index === 2)
    immunize(chart, visit, year < FIRST_PCV20_YEAR ? PPV23 : PCV20);
  if ((month >= 9 || month === 1) && chart.random.chance(VACCINATED)) {
    immunize(chart, visit, influenzaVaccine(month === 1 ? year - 1 : year));
  }
  const covid = covidVaccine(dateOf(visit.startMs));
  if (covid !== undefined && chart.random.chance(VACCINATED)) immunize(chart, visit, covid);
}

function screen(chart: Chart, visit: Visit, index: number): void {
  const age = chart.body.ageYears(visit.startMs);
  const courses = new Set(afflictionsOf(chart.profile).map(([course]) => course));
  const ownPanels =
    courses.has('diabetes') || courses.has('chronic-kidney-disease') || courses.has('hypertension');
  if (age >= LIPIDS_FROM && index % 3 === 1 && !courses.has('hyperlipidemia'))
    reportPanel(chart, visit, LIPIDS);
  if (index % 4 === 0) reportPanel(chart, visit, BLOOD_COUNT);
  if (index % 4 === 2 && !ownPanels) reportPanel(chart, visit, BASIC_METABOLIC);
  const mammogram =
    chart.profile.sex === 'female' &&
    age >= MAMMOGRAM_AGES[0] &&
    age <= MAMMOGRAM_AGES[1] &&
    index % 2 === 0 &&
    !courses.has('breast-cancer');
  if (!mammogram) return;
  perform(chart, visit, MAMMOGRAPHY);
  report(chart, visit, 'radiology', MAMMOGRAM_REPORT, { conclusion: 'No suspicious finding. BI-RADS 1.' });
}

function colonoscopy(chart: Chart, sinceMs: number): void {
  const dayMs = sinceMs + 2.2 * YEAR_MS;
  const age = chart.body.ageYears(dayMs);
  if (age < COLONOSCOPY_AGES[0] || age > COLONOSCOPY_AGES[1]) return;
  const visit = open(chart, 'followUp', dayMs, COLON_SCREENING);
  if (visit !== undefined) perform(chart, visit, COLONOSCOPY);
}

function autumnVaccine(chart: Chart, sinceMs: number): void {
  for (let year = yearOf(sinceMs); year <= yearOf(chart.nowMs); year += 1) {
    if (!chart.random.chance(VACCINATED / 3)) continue;
    const visit = open(chart, 'followUp', Date.UTC(year, 9, chart.random.integer(2, 27), 12), IMMUNIZATION);
    if (visit === undefined) return;
    immunize(chart, visit, influenzaVaccine(year));
  }
}

/** Records the yearly check-ups of an adult with screening and vaccines, as far back as the chart goes, and yields each. */
export function* checkUps(chart: Chart): Generator<Visit> {
  const fromMs = chart.yearsAgo(chart.profile.historyYears - chart.random.between(0, 0.6));
  const seenAnyway = (chart.profile.care[0]?.courses.length ?? 0) > 1;
  const everyMonths = CHECK_UP_MONTHS[seenAnyway ? 'seenAnyway' : 'well'];
  for (const { visit, index } of appointments(chart, {
    kind: 'checkUp',
    reason: EXAMINATION,
    fromMs,
    everyMonths,
  })) {
    fullVitals(chart, visit);
    screen(chart, visit, index);
    vaccinate(chart, visit, index);
    yield visit;
  }
  colonoscopy(chart, fromMs);
  autumnVaccine(chart, fromMs);
}

import { ADULT_YEARS } from './body.ts';
import { DAY_MS } from './calendar.ts';
import { icd10cm, snomed } from './code-system.ts';
import { COURSES } from './courses/catalogue.ts';
import { type Affliction, afflictionsOf, type CareOrganisation } from './profile.ts';
import { recordAllergies } from './records/allergy.ts';
import type { Chart } from './records/chart.ts';
import { reportCondition } from './records/condition.ts';
import { visit as open } from './records/encounter.ts';
import { reportMedicine } from './records/medication.ts';
import { observeFinding, SMOKING_STATUS } from './records/observation.ts';
import type { Visit } from './records/visit.ts';
import { fullVitals } from './records/vital-signs.ts';
import { acuteVisits } from './routine/acute-visit.ts';
import { checkUps } from './routine/check-up.ts';
import { wellChildVisits } from './routine/well-child.ts';

const NEW_PATIENT = icd10cm(
  'Z76.89',
  'Persons encountering health services in other specified circumstances',
);
const NEVER_SMOKER = snomed('266919005', 'Never smoker');
const FORMER_SMOKER = snomed('8517006', 'Former smoker');
/** Somebody without a course at the second organisation came there for the first time so many years ago. */
const INTAKE_YEARS = 2;

/** What is asked at the first visit anywhere: allergies and, of adults, smoking. */
function history(chart: Chart, visit: Visit): void {
  recordAllergies(chart, visit);
  if (chart.body.ageYears(visit.startMs) < ADULT_YEARS) return;
  const finding = chart.profile.formerSmoker === true ? FORMER_SMOKER : NEVER_SMOKER;
  observeFinding(chart, visit, 'social-history', SMOKING_STATUS, finding);
}

/** The first visit at a further organisation, with what the patient tells of the treatment elsewhere. */
function intake(chart: Chart, courses: readonly Affliction[]): void {
  const earliest = Math.max(INTAKE_YEARS, ...courses.map(([, yearsAgo]) => yearsAgo));
  const visit = open(chart, 'checkUp', chart.yearsAgo(earliest) - 14 * DAY_MS, NEW_PATIENT);
  if (visit === undefined) return;
  fullVitals(chart, visit);
  history(chart, visit);
  const here = new Set(courses.map(([name]) => name));
  for (const [name, yearsAgo] of afflictionsOf(chart.profile)) {
    const course = COURSES[name];
    const sinceMs = chart.yearsAgo(yearsAgo);
    if (here.has(name) || !course.told || sinceMs >= visit.startMs) continue;
    reportCondition(chart, visit, course.diagnosis, sinceMs);
    for (const medicine of course.medicines.slice(0, 1)) reportMedicine(chart, visit, medicine, sinceMs);
  }
}

/** Writes one person's record at an organisation that treats them: routine visits at the first, an intake elsewhere. */
export function writeTreatmentRecord(chart: Chart, at: CareOrganisation): void {
  const { care } = chart.profile;
  const courses = care.find((place) => place.at === at)?.courses ?? [];
  if (care[0]?.at === at) {
    const child = chart.body.ageYears(chart.nowMs) < ADULT_YEARS;
    let first = true;
    for (const visit of child ? wellChildVisits(chart) : checkUps(chart)) {
      if (first) history(chart, visit);
      first = false;
    }
    acuteVisits(chart);
  } else {
    intake(chart, courses);
  }
  for (const [name, yearsAgo] of courses) COURSES[name].write(chart, chart.yearsAgo(yearsAgo));
}

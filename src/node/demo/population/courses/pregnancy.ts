import { DAY_MS } from '../calendar.ts';
import { icd10cm, icd10pcs, snomed } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { measure, observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { BIRTH_WEIGHT, FETAL_HEART_RATE, GESTATIONAL_AGE } from '../terminology/assessment.ts';
import { BLOOD_COUNT } from '../terminology/haematology.ts';
import type { Course } from './course.ts';

/** Pregnancies are counted in weeks. */
const WEEK_MS = 7 * DAY_MS;
/** Full term, in weeks since the last period. */
const DELIVERY_WEEK = 39;
const PRENATAL_WEEKS = [8, 12, 16, 20, 24, 28, 32, 35, 37, 38] as const;
const BLOOD_COUNT_WEEKS: readonly number[] = [8, 28, 35];
/** The scan for malformations is done at mid-pregnancy. */
const ANATOMY_SCAN_WEEK = 20;
/** The heart is not heard with a hand-held Doppler before. */
const FETAL_HEART_FROM_WEEK = 12;

const SUPERVISION = [
  icd10cm('Z34.81', 'Encounter for supervision of other normal pregnancy, first trimester'),
  icd10cm('Z34.82', 'Encounter for supervision of other normal pregnancy, second trimester'),
  icd10cm('Z34.83', 'Encounter for supervision of other normal pregnancy, third trimester'),
] as const;
const PREGNANT = icd10cm('Z33.1', 'Pregnant state, incidental');
const DELIVERY = icd10cm('O80', 'Encounter for full-term uncomplicated delivery');
const LIVE_BIRTH = icd10cm('Z37.0', 'Single live birth');
const POSTPARTUM = icd10cm('Z39.2', 'Encounter for routine postpartum follow-up');
const DELIVERED = icd10pcs('10E0XZZ', 'Delivery of Products of Conception, External Approach');
const VIABILITY_SCAN = snomed('169230002', 'Ultrasound scan for fetal viability');
const ANATOMY_SCAN = snomed('271442007', 'Fetal anatomy study');

function prenatal(chart: Chart, lastPeriodMs: number, week: number): void {
  const trimester = week < 14 ? SUPERVISION[0] : week < 28 ? SUPERVISION[1] : SUPERVISION[2];
  const visit = open(chart, 'prenatal', lastPeriodMs + week * WEEK_MS, trimester);
  if (visit === undefined) return;
  briefVitals(chart, visit);
  observe(chart, visit, GESTATIONAL_AGE, week);
  if (week >= FETAL_HEART_FROM_WEEK) {
    measure(chart, visit, FETAL_HEART_RATE);
  }
  if (BLOOD_COUNT_WEEKS.includes(week)) reportPanel(chart, visit, BLOOD_COUNT);
  if (week === ANATOMY_SCAN_WEEK) perform(chart, visit, ANATOMY_SCAN);
  if (week === PRENATAL_WEEKS[0]) {
    perform(chart, visit, VIABILITY_SCAN);
    diagnose(chart, visit, PREGNANT, {
      onsetMs: lastPeriodMs,
      endedMs: lastPeriodMs + DELIVERY_WEEK * WEEK_MS,
    });
  }
}

function write(chart: Chart, sinceMs: number): void {
  for (const week of PRENATAL_WEEKS) prenatal(chart, sinceMs, week);
  const deliveryMs = sinceMs + DELIVERY_WEEK * WEEK_MS;
  const delivery = open(chart, 'admission', deliveryMs, DELIVERY, { nights: 2 });
  if (delivery !== undefined) {
    briefVitals(chart, delivery);
    diagnose(chart, delivery, DELIVERY, { acute: true, endedMs: delivery.endMs });
    diagnose(chart, delivery, LIVE_BIRTH, { acute: true, endedMs: delivery.endMs });
    perform(chart, delivery, DELIVERED);
    measure(chart, delivery, BIRTH_WEIGHT);
    note(
      chart,
      delivery,
      'discharge',
      'Spontaneous delivery at 39 weeks. Mother and child well, breastfeeding established. Home on the second day.',
    );
  }
  const checkUp = open(chart, 'followUp', deliveryMs + 6 * WEEK_MS, POSTPARTUM);
  if (checkUp !== undefined) briefVitals(chart, checkUp);
}

/** A pregnancy from the eighth week, its delivery, and the visit six weeks after. */
export const pregnancy: Course = { diagnosis: PREGNANT, medicines: [], told: false, write };

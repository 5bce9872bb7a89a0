import { DAY_MS } from '../calendar.ts';
import { icd10cm, loinc, snomed } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { report } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals } from '../records/vital-signs.ts';
import { PAIN } from '../terminology/assessment.ts';
import { ACETAMINOPHEN_500 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const FRACTURE = icd10cm(
  'S52.501A',
  'Unspecified fracture of the lower end of right radius, initial encounter for closed fracture',
);
const HEALING = icd10cm(
  'S52.501D',
  'Unspecified fracture of the lower end of right radius, subsequent encounter for closed fracture with routine healing',
);
const IMMOBILIZATION = snomed('274474001', 'Bone immobilization');
const WRIST_X_RAY_REPORT = loinc('18748-4', 'Diagnostic imaging study');
/** Six weeks less the days until the appointment. */
const CAST_DAYS = 40;

function write(chart: Chart, sinceMs: number): void {
  const emergency = open(chart, 'emergency', sinceMs, FRACTURE);
  if (emergency === undefined) return;
  acuteVitals(chart, emergency);
  observe(chart, emergency, PAIN, 8);
  const condition = diagnose(chart, emergency, FRACTURE, { acute: true, endedMs: sinceMs + 90 * DAY_MS });
  report(chart, emergency, 'radiology', WRIST_X_RAY_REPORT, {
    conclusion: 'Undisplaced fracture of the distal radius.',
  });
  perform(chart, emergency, IMMOBILIZATION, condition);
  prescribe(chart, emergency, ACETAMINOPHEN_500, { reason: condition });
  note(
    chart,
    emergency,
    'emergency',
    'Fell on the outstretched hand. Feeling and circulation intact. Forearm cast.',
  );
  const check = open(chart, 'followUp', sinceMs + CAST_DAYS * DAY_MS, HEALING);
  if (check !== undefined) observe(chart, check, PAIN, 1);
}

/** A broken wrist, from the fall to the end of the cast. */
export const wristFracture: Course = { diagnosis: FRACTURE, medicines: [], told: false, write };

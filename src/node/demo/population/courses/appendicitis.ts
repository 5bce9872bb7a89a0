import { DAY_MS } from '../calendar.ts';
import { icd10cm, icd10pcs } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { observe } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { acuteVitals } from '../records/vital-signs.ts';
import { C_REACTIVE_PROTEIN } from '../terminology/chemistry.ts';
import { BLOOD_COUNT, LEUKOCYTES } from '../terminology/haematology.ts';
import { ACETAMINOPHEN_500 } from '../terminology/medicines.ts';
import type { Course } from './course.ts';

const APPENDICITIS = icd10cm('K35.80', 'Unspecified acute appendicitis');
const RESECTION = icd10pcs('0DTJ4ZZ', 'Resection of Appendix, Percutaneous Endoscopic Approach');
const AFTERCARE = icd10cm(
  'Z48.815',
  'Encounter for surgical aftercare following surgery on the digestive system',
);

function write(chart: Chart, sinceMs: number): void {
  const emergency = open(chart, 'emergency', sinceMs, APPENDICITIS);
  if (emergency === undefined) return;
  acuteVitals(chart, emergency, { temperature: 38.3 });
  reportPanel(chart, emergency, BLOOD_COUNT, new Map([[LEUKOCYTES, chart.random.normal(15.8, 0.8)]]));
  observe(chart, emergency, C_REACTIVE_PROTEIN, chart.random.normal(74, 9));
  const admission = open(chart, 'admission', emergency.endMs + DAY_MS / 4, APPENDICITIS, { nights: 2 });
  if (admission === undefined) return;
  const condition = diagnose(chart, admission, APPENDICITIS, {
    acute: true,
    endedMs: admission.endMs + 14 * DAY_MS,
  });
  perform(chart, admission, RESECTION, condition);
  prescribe(chart, admission, ACETAMINOPHEN_500, { reason: condition });
  note(
    chart,
    admission,
    'discharge',
    'Laparoscopic appendectomy without complication. Eating, wounds dry. Stitches dissolve by themselves.',
  );
  const check = open(chart, 'followUp', admission.endMs + 12 * DAY_MS, AFTERCARE);
  if (check !== undefined) acuteVitals(chart, check);
}

/** Appendicitis: from the emergency room to the operation and the check of the wound. */
export const appendicitis: Course = { diagnosis: APPENDICITIS, medicines: [], told: false, write };

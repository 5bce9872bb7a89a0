import { icd10cm } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { oral } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const REFLUX = icd10cm('K21.9', 'Gastro-esophageal reflux disease without esophagitis');
const OMEPRAZOLE = oral('198051', 'omeprazole 20 MG Delayed Release Oral Capsule', 'once a day');

function write(chart: Chart, sinceMs: number): void {
  const visit = open(chart, 'symptom', sinceMs, REFLUX);
  if (visit === undefined) return;
  briefVitals(chart, visit);
  prescribe(chart, visit, OMEPRAZOLE, { reason: diagnose(chart, visit, REFLUX) });
}

/** Heartburn under an acid blocker. */
export const reflux: Course = { diagnosis: REFLUX, medicines: [OMEPRAZOLE], told: true, write };

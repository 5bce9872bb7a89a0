import { icd10cm } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { briefVitals } from '../records/vital-signs.ts';
import { oral } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const RHINITIS = icd10cm('J30.2', 'Other seasonal allergic rhinitis');
const LORATADINE = oral('311372', 'loratadine 10 MG Oral Tablet', 'once a day');

function write(chart: Chart, sinceMs: number): void {
  const visit = open(chart, 'symptom', sinceMs, RHINITIS);
  if (visit === undefined) return;
  briefVitals(chart, visit);
  prescribe(chart, visit, LORATADINE, { reason: diagnose(chart, visit, RHINITIS) });
}

/** Hay fever, treated with an antihistamine. */
export const allergicRhinitis: Course = { diagnosis: RHINITIS, medicines: [LORATADINE], told: true, write };

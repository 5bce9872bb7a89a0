import type { Term } from '../code-system.ts';
import type { Chart } from '../records/chart.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Medicine } from '../terminology/medicine.ts';

/** How a disease runs in somebody's record. */
export interface Course {
  readonly diagnosis: Term;
  /** What is taken for it in the long run, as another organisation hears of it. */
  readonly medicines: readonly Medicine[];
  /** Whether it is told at other organisations, being neither past nor kept back by the patient. */
  readonly told: boolean;
  readonly sensitivity?: Sensitivity;
  /** Writes the course into a chart, from the moment it was found. */
  readonly write: (chart: Chart, sinceMs: number) => void;
}

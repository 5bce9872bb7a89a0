import { DAY_MS, YEAR_MS } from '../calendar.ts';
import { icd10cm, icd10pcs, loinc, snomed } from '../code-system.ts';
import { appointments } from '../records/appointments.ts';
import { plan } from '../records/care-plan.ts';
import type { Chart } from '../records/chart.ts';
import { diagnose } from '../records/condition.ts';
import { report, reportPanel } from '../records/diagnostic-report.ts';
import { note } from '../records/document.ts';
import { visit as open } from '../records/encounter.ts';
import { prescribe } from '../records/medication.ts';
import { measure } from '../records/observation.ts';
import { perform } from '../records/procedure.ts';
import { briefVitals } from '../records/vital-signs.ts';
import {
  BLOOD_COUNT,
  CANCER_ANTIGEN_15_3,
  HAEMOGLOBIN,
  LEUKOCYTES,
  PLATELETS,
} from '../terminology/haematology.ts';
import { oral, other } from '../terminology/medicine.ts';
import type { Course } from './course.ts';

const CANCER = icd10cm('C50.412', 'Malignant neoplasm of upper-outer quadrant of left female breast');
const HISTORY = icd10cm('Z85.3', 'Personal history of malignant neoplasm of breast');
const SCREENING = icd10cm('Z12.31', 'Encounter for screening mammogram for malignant neoplasm of breast');
const CHEMOTHERAPY = icd10cm('Z51.11', 'Encounter for antineoplastic chemotherapy');
const MAMMOGRAPHY = snomed('71651007', 'Mammography');
const BIOPSY = snomed('122548005', 'Biopsy of breast');
const EXCISION = icd10pcs('0HBU0ZZ', 'Excision of Left Breast, Open Approach');
const INFUSION = icd10pcs(
  '3E03305',
  'Introduction of Other Antineoplastic into Peripheral Vein, Percutaneous Approach',
);
const MAMMOGRAM_REPORT = loinc('24606-6', 'MG Breast Screening');
const PATHOLOGY_REPORT = loinc('11526-1', 'Pathology study');
const ANASTROZOLE = oral('199224', 'anastrozole 1 MG Oral Tablet', 'once a day');
const CYCLOPHOSPHAMIDE = other(
  '1734919',
  'cyclophosphamide 1000 MG Injection',
  'Infuse 1000 mg on the first day of the cycle',
  [1, 'vial'],
  [1, 21],
);
const ONDANSETRON = other(
  '1740467',
  '2 ML ondansetron 2 MG/ML Injection',
  'Inject before the infusion',
  [1, 'vial'],
  [1, 21],
);
/** As many as such a regimen usually has. */
const CYCLES = 4;
/** The marrow needs three weeks to recover. */
const CYCLE_DAYS = 21;

function findAndRemove(chart: Chart, sinceMs: number): void {
  const screening = open(chart, 'checkUp', sinceMs, SCREENING);
  if (screening === undefined) return;
  perform(chart, screening, MAMMOGRAPHY);
  report(chart, screening, 'radiology', MAMMOGRAM_REPORT, {
    conclusion: 'Spiculated mass of 14 mm, left upper outer quadrant. BI-RADS 5: biopsy.',
  });
  const biopsy = open(chart, 'symptom', sinceMs + 9 * DAY_MS, CANCER);
  if (biopsy === undefined) return;
  const condition = diagnose(chart, biopsy, CANCER, { endedMs: sinceMs + 1.2 * YEAR_MS, end: 'remission' });
  perform(chart, biopsy, BIOPSY, condition);
  report(chart, biopsy, 'pathology', PATHOLOGY_REPORT, {
    conclusion:
      'Invasive ductal carcinoma, grade 2. Oestrogen receptor 95 %, progesterone receptor 70 %, HER2 negative.',
  });
  const surgery = open(chart, 'admission', sinceMs + 30 * DAY_MS, CANCER, { nights: 2 });
  if (surgery === undefined) return;
  briefVitals(chart, surgery);
  perform(chart, surgery, EXCISION, condition);
  note(
    chart,
    surgery,
    'discharge',
    'Breast-conserving excision with sentinel node biopsy, margins free, nodes free: pT1c pN0. Wound dry at discharge.',
  );
  plan(chart, surgery, {
    title: 'Breast cancer treatment',
    condition,
    conditionName: CANCER,
    activities: [
      'Four cycles of chemotherapy',
      'Whole-breast radiation',
      'Aromatase inhibitor for five years',
    ],
  });
}

function infuse(chart: Chart, sinceMs: number): void {
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const visit = open(chart, 'followUp', sinceMs + (60 + cycle * CYCLE_DAYS) * DAY_MS, CHEMOTHERAPY);
    if (visit === undefined) return;
    reportPanel(
      chart,
      visit,
      BLOOD_COUNT,
      new Map([
        [LEUKOCYTES, 6.2 - cycle * 0.9 + chart.random.normal(0, 0.3)],
        [HAEMOGLOBIN, 13.2 - cycle * 0.6 + chart.random.normal(0, 0.2)],
        [PLATELETS, 248 - cycle * 22 + chart.random.normal(0, 10)],
      ]),
    );
    perform(chart, visit, INFUSION, chart.problems.get(CANCER.code));
    prescribe(chart, visit, CYCLOPHOSPHAMIDE);
    prescribe(chart, visit, ONDANSETRON);
  }
}

function write(chart: Chart, sinceMs: number): void {
  findAndRemove(chart, sinceMs);
  infuse(chart, sinceMs);
  const series = {
    kind: 'followUp',
    reason: HISTORY,
    fromMs: sinceMs + 0.6 * YEAR_MS,
    everyMonths: 6,
  } as const;
  for (const { visit, index } of appointments(chart, series)) {
    briefVitals(chart, visit);
    measure(chart, visit, CANCER_ANTIGEN_15_3);
    if (index === 0) prescribe(chart, visit, ANASTROZOLE);
    if (index === 1) diagnose(chart, visit, HISTORY);
    if (index % 2 === 1) {
      perform(chart, visit, MAMMOGRAPHY);
      report(chart, visit, 'radiology', MAMMOGRAM_REPORT, { conclusion: 'Scar without change. BI-RADS 2.' });
    }
  }
}

/** Breast cancer found by screening, operated on, treated with chemotherapy and an aromatase inhibitor, and followed. */
export const breastCancer: Course = { diagnosis: HISTORY, medicines: [ANASTROZOLE], told: true, write };

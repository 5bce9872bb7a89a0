import type {
  AdverseEvent,
  MedicationStatement,
  Reference,
  ResearchStudy,
  ResearchSubject,
} from '@medplum/fhirtypes';
import { DAY_MS, dateOf, instantOf, YEAR_MS } from './calendar.ts';
import { concept, hl7, icd10cm } from './code-system.ts';
import { appointments } from './records/appointments.ts';
import type { Chart } from './records/chart.ts';
import { reportPanel } from './records/diagnostic-report.ts';
import { measure } from './records/observation.ts';
import type { Visit } from './records/visit.ts';
import { briefVitals } from './records/vital-signs.ts';
import { type Endpoint, STUDIES } from './study.ts';
import { BASIC_METABOLIC, HBA1C } from './terminology/chemistry.ts';
import { BLOOD_COUNT, CANCER_ANTIGEN_15_3 } from './terminology/haematology.ts';

const PARTICIPANT = icd10cm(
  'Z00.6',
  'Encounter for examination for normal comparison and control in clinical research program',
);
const HEADACHE = icd10cm('R51.9', 'Headache, unspecified');
const NON_SERIOUS = hl7('adverse-event-seriousness', 'Non-serious', 'Non-serious');
const MILD = hl7('adverse-event-severity', 'mild', 'Mild');
const RESOLVED = hl7('adverse-event-outcome', 'resolved', 'Resolved');
/** Subjects entered so many years ago. */
const ENROLLED_YEARS = 1.6;
/** The protocols see their subjects every four months. */
const VISIT_MONTHS = 4;

const MEASURE: Readonly<Record<Endpoint, (chart: Chart, visit: Visit) => void>> = {
  metabolic: (chart, visit) => {
    measure(chart, visit, HBA1C);
    reportPanel(chart, visit, BASIC_METABOLIC);
  },
  oncology: (chart, visit) => {
    measure(chart, visit, CANCER_ANTIGEN_15_3);
    reportPanel(chart, visit, BLOOD_COUNT);
  },
};

/** Writes the record of a trial's subject: enrolment, study visits with what the trial measures, and a mild adverse event. */
export function writeSubjectRecord(
  chart: Chart,
  studies: Readonly<Record<keyof typeof STUDIES, Reference<ResearchStudy>>>,
): void {
  const name = chart.profile.study;
  if (name === undefined) return;
  const study = STUDIES[name];
  const enrolledMs = chart.yearsAgo(ENROLLED_YEARS);
  chart.add<ResearchSubject>({
    resourceType: 'ResearchSubject',
    identifier: [
      {
        system: 'urn:holdfast:demo:subject:aurora',
        value: `${study.protocol}-${chart.random.integer(1000, 9999)}`,
      },
    ],
    status: 'on-study',
    period: { start: dateOf(enrolledMs) },
    study: studies[name],
    individual: chart.patient,
    assignedArm: 'Blinded',
  });
  const series = {
    kind: 'followUp',
    reason: PARTICIPANT,
    fromMs: enrolledMs,
    everyMonths: VISIT_MONTHS,
  } as const;
  for (const { visit, index } of appointments(chart, series)) {
    briefVitals(chart, visit);
    MEASURE[study.endpoint](chart, visit);
    if (index === 0) takeProduct(chart, visit, study.product);
    if (index === 2) headache(chart, visit, studies[name]);
  }
}

function takeProduct(chart: Chart, visit: Visit, product: string): void {
  chart.add<MedicationStatement>({
    resourceType: 'MedicationStatement',
    status: 'active',
    medicationCodeableConcept: { text: product },
    subject: chart.patient,
    context: visit.encounter,
    effectivePeriod: { start: dateOf(visit.startMs) },
    dateAsserted: instantOf(visit.startMs),
    dosage: [{ text: '1 tablet every morning, blinded' }],
  });
}

function headache(chart: Chart, visit: Visit, study: Reference<ResearchStudy>): void {
  const beganMs = visit.startMs - YEAR_MS / 40;
  chart.add<AdverseEvent>({
    resourceType: 'AdverseEvent',
    actuality: 'actual',
    event: concept(HEADACHE),
    subject: chart.patient,
    encounter: visit.encounter,
    date: instantOf(beganMs),
    recordedDate: instantOf(Math.min(visit.startMs + DAY_MS, chart.nowMs)),
    seriousness: concept(NON_SERIOUS),
    severity: concept(MILD),
    outcome: concept(RESOLVED),
    recorder: visit.clinician,
    study: [study],
  });
}

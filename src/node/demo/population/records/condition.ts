import type { Condition, Reference } from '@medplum/fhirtypes';
import { dateOf, instantOf } from '../calendar.ts';
import { concept, hl7, type Term } from '../code-system.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

const CLINICAL_STATUS = {
  active: hl7('condition-clinical', 'active', 'Active'),
  remission: hl7('condition-clinical', 'remission', 'Remission'),
  resolved: hl7('condition-clinical', 'resolved', 'Resolved'),
} as const;
const CONFIRMED = hl7('condition-ver-status', 'confirmed', 'Confirmed');
const PROBLEM = hl7('condition-category', 'problem-list-item', 'Problem List Item');
const DIAGNOSIS = hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis');

/** How a condition went on. */
export interface ConditionCourse {
  /** When it began, if before the visit. */
  readonly onsetMs?: number;
  /** When it ended; it goes on when left out. */
  readonly endedMs?: number | undefined;
  readonly end?: 'remission' | 'resolved';
  /** An acute diagnosis of the visit and not a lasting problem. */
  readonly acute?: boolean;
}

/** Records a diagnosis made at a visit and returns it. */
export function diagnose(
  chart: Chart,
  visit: Visit,
  code: Term,
  course: ConditionCourse = {},
  sensitivity: Sensitivity | undefined = visit.sensitivity,
): Reference<Condition> {
  const ended = course.endedMs !== undefined && course.endedMs <= chart.nowMs;
  const condition = chart.add<Condition>(
    {
      resourceType: 'Condition',
      clinicalStatus: concept(CLINICAL_STATUS[ended ? (course.end ?? 'resolved') : 'active']),
      verificationStatus: concept(CONFIRMED),
      category: [concept(course.acute === true ? DIAGNOSIS : PROBLEM)],
      code: concept(code),
      subject: chart.patient,
      encounter: visit.encounter,
      onsetDateTime: dateOf(course.onsetMs ?? visit.startMs),
      ...(ended ? { abatementDateTime: dateOf(course.endedMs) } : {}),
      recordedDate: instantOf(visit.startMs),
      recorder: visit.clinician,
    },
    sensitivity,
  );
  if (course.acute !== true) chart.problems.set(code.code, condition);
  return condition;
}

/** Records a condition that another organisation treats, as the patient told it, and returns it. */
export function reportCondition(
  chart: Chart,
  visit: Visit,
  code: Term,
  onsetMs: number,
  sensitivity?: Sensitivity,
): Reference<Condition> {
  const known = chart.problems.get(code.code);
  if (known !== undefined) return known;
  const condition = chart.add<Condition>(
    {
      resourceType: 'Condition',
      clinicalStatus: concept(CLINICAL_STATUS.active),
      verificationStatus: concept(CONFIRMED),
      category: [concept(PROBLEM)],
      code: concept(code),
      subject: chart.patient,
      encounter: visit.encounter,
      onsetDateTime: dateOf(onsetMs).slice(0, 7),
      recordedDate: instantOf(visit.startMs),
      asserter: chart.patient,
    },
    sensitivity,
  );
  chart.problems.set(code.code, condition);
  return condition;
}

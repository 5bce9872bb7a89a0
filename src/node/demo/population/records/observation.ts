import type {
  CodeableConcept,
  Observation,
  ObservationReferenceRange,
  Quantity,
  Reference,
} from '@medplum/fhirtypes';
import { instantOf } from '../calendar.ts';
import { CODE_SYSTEM, concept, hl7, loinc, type Term } from '../code-system.ts';
import { decimal } from '../decimal.ts';
import type { Measurement } from '../terminology/measurement.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

const CATEGORY: Readonly<Record<Measurement['category'] | 'social-history', Term>> = {
  'vital-signs': hl7('observation-category', 'vital-signs', 'Vital Signs'),
  laboratory: hl7('observation-category', 'laboratory', 'Laboratory'),
  survey: hl7('observation-category', 'survey', 'Survey'),
  exam: hl7('observation-category', 'exam', 'Exam'),
  procedure: hl7('observation-category', 'procedure', 'Procedure'),
  'social-history': hl7('observation-category', 'social-history', 'Social History'),
};
const INTERPRETATION = {
  low: hl7('v3-ObservationInterpretation', 'L', 'Low'),
  normal: hl7('v3-ObservationInterpretation', 'N', 'Normal'),
  high: hl7('v3-ObservationInterpretation', 'H', 'High'),
} as const;

/** Returns the quantity with the digits and unit in which the measurement is reported. */
export function quantityOf(measurement: Measurement, value: number): Quantity {
  return {
    value: decimal(value, measurement.digits),
    unit: measurement.unit,
    system: CODE_SYSTEM.ucum,
    code: measurement.ucum,
  };
}

function referenceRange(measurement: Measurement): { referenceRange?: ObservationReferenceRange[] } {
  const { low, high } = measurement;
  if (low === undefined && high === undefined) return {};
  return {
    referenceRange: [
      {
        ...(low === undefined ? {} : { low: quantityOf(measurement, low) }),
        ...(high === undefined ? {} : { high: quantityOf(measurement, high) }),
      },
    ],
  };
}

function interpretation(measurement: Measurement, value: number): { interpretation?: CodeableConcept[] } {
  const { low, high } = measurement;
  if (low === undefined && high === undefined) return {};
  const verdict =
    low !== undefined && value < low ? 'low' : high !== undefined && value > high ? 'high' : 'normal';
  return { interpretation: [concept(INTERPRETATION[verdict])] };
}

/** Records a measured value and returns the Observation. */
export function observe(
  chart: Chart,
  visit: Visit,
  measurement: Measurement,
  value: number,
  atMs = visit.startMs,
): Reference<Observation> {
  const observed = Number(value.toFixed(measurement.digits));
  return chart.add<Observation>(
    {
      resourceType: 'Observation',
      status: 'final',
      category: [concept(CATEGORY[measurement.category])],
      code: concept(measurement.code),
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: instantOf(atMs),
      issued: instantOf(atMs),
      performer: [visit.clinician],
      valueQuantity: quantityOf(measurement, observed),
      ...interpretation(measurement, observed),
      ...referenceRange(measurement),
    },
    visit.sensitivity,
  );
}

/** Draws what a laboratory would find in the person's blood that day, records it and returns the Observation. */
export function measure(chart: Chart, visit: Visit, measurement: Measurement): Reference<Observation> {
  return observe(chart, visit, measurement, drawn(chart, visit, measurement));
}

/** Returns what a laboratory would find in the person's blood that day: what is to be expected, and some scatter. */
export function drawn(chart: Chart, visit: Visit, measurement: Measurement): number {
  return chart.random.normal(chart.blood.expected(measurement, visit.startMs), measurement.usual[1] / 2);
}

/** Records several values under one code, as a blood pressure, and returns the Observation. */
export function observeComponents(
  chart: Chart,
  visit: Visit,
  code: Term,
  components: readonly (readonly [Measurement, number])[],
): Reference<Observation> {
  return chart.add<Observation>(
    {
      resourceType: 'Observation',
      status: 'final',
      category: [concept(CATEGORY['vital-signs'])],
      code: concept(code),
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: instantOf(visit.startMs),
      performer: [visit.clinician],
      component: components.map(([measurement, value]) => ({
        code: concept(measurement.code),
        valueQuantity: quantityOf(measurement, value),
      })),
    },
    visit.sensitivity,
  );
}

/** Records a finding that is a code and not a number, and returns the Observation. */
export function observeFinding(
  chart: Chart,
  visit: Visit,
  category: keyof typeof CATEGORY,
  code: Term,
  finding: Term,
): Reference<Observation> {
  return chart.add<Observation>(
    {
      resourceType: 'Observation',
      status: 'final',
      category: [concept(CATEGORY[category])],
      code: concept(code),
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: instantOf(visit.startMs),
      issued: instantOf(visit.endMs),
      performer: [visit.clinician],
      valueCodeableConcept: concept(finding),
    },
    visit.sensitivity,
  );
}

/** Tobacco smoking status, a code of its own because every chart has one. */
export const SMOKING_STATUS = loinc('72166-2', 'Tobacco smoking status');

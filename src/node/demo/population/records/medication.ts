import type {
  Condition,
  Dosage,
  MedicationDispense,
  MedicationRequest,
  MedicationStatement,
  Quantity,
  Reference,
} from '@medplum/fhirtypes';
import { appointmentOn, DAY_MS, dateOf, instantOf, YEAR_MS } from '../calendar.ts';
import { concept, snomed } from '../code-system.ts';
import { decimal } from '../decimal.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Medicine } from '../terminology/medicine.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

const ORAL = snomed('26643006', 'Oral route');
/** A long-term prescription is written anew every year; the record keeps the first and the newest ones. */
const KEPT_RENEWALS = 2;
/** A renewal falls on the next working day. */
const WRITTEN_WITHIN_MS = 5 * DAY_MS;

function dosage(medicine: Medicine): Dosage {
  const [value, unit] = medicine.dose;
  const swallowed = unit === 'tablet' || unit === 'capsule';
  const [frequency, period] = medicine.schedule ?? [];
  return {
    text: medicine.instruction,
    ...(frequency === undefined || period === undefined
      ? { asNeededBoolean: true }
      : { timing: { repeat: { frequency, period, periodUnit: 'd' } } }),
    ...(swallowed ? { route: concept(ORAL) } : {}),
    doseAndRate: [{ doseQuantity: { value: decimal(value, 0), unit } }],
  };
}

function quantityOf(medicine: Medicine): Quantity {
  return { value: decimal(medicine.supply[0], 0), unit: medicine.dose[1] };
}

/** How long and why a medicine is taken. */
export interface Prescription {
  readonly reason?: Reference<Condition>;
  /** When it was stopped; it is still taken when left out. */
  readonly untilMs?: number;
}

/** Records a prescription made at a visit, with a renewal for each year since and what was handed out. */
export function prescribe(
  chart: Chart,
  visit: Visit,
  medicine: Medicine,
  prescription: Prescription = {},
): void {
  const untilMs = Math.min(prescription.untilMs ?? Number.POSITIVE_INFINITY, chart.nowMs);
  const longTerm = medicine.schedule !== undefined && medicine.supply[1] >= 30;
  const renewals = longTerm
    ? Math.max(0, Math.floor((untilMs - WRITTEN_WITHIN_MS - visit.startMs) / YEAR_MS))
    : 0;
  for (let year = 0; year <= renewals; year += 1) {
    if (year > 0 && year <= renewals - KEPT_RENEWALS) continue;
    const writtenMs =
      year === 0 ? visit.startMs : appointmentOn(visit.startMs + year * YEAR_MS, chart.random);
    const current = longTerm && year === renewals && prescription.untilMs === undefined;
    const request = chart.add<MedicationRequest>(
      {
        resourceType: 'MedicationRequest',
        status: current ? 'active' : 'completed',
        intent: 'order',
        medicationCodeableConcept: concept(medicine.code),
        subject: chart.patient,
        ...(year === 0 ? { encounter: visit.encounter } : {}),
        authoredOn: instantOf(writtenMs),
        requester: visit.clinician,
        ...(prescription.reason === undefined ? {} : { reasonReference: [prescription.reason] }),
        dosageInstruction: [dosage(medicine)],
        dispenseRequest: {
          numberOfRepeatsAllowed: longTerm ? 3 : 0,
          quantity: quantityOf(medicine),
          expectedSupplyDuration: {
            value: decimal(medicine.supply[1], 0),
            unit: 'days',
            system: 'http://unitsofmeasure.org',
            code: 'd',
          },
        },
      },
      visit.sensitivity,
    );
    if (chart.site.pharmacy) dispense(chart, visit, medicine, request, writtenMs);
  }
}

function dispense(
  chart: Chart,
  visit: Visit,
  medicine: Medicine,
  request: Reference<MedicationRequest>,
  writtenMs: number,
): void {
  const handedMs = appointmentOn(writtenMs + DAY_MS, chart.random);
  if (handedMs > chart.nowMs) return;
  chart.add<MedicationDispense>(
    {
      resourceType: 'MedicationDispense',
      status: 'completed',
      medicationCodeableConcept: concept(medicine.code),
      subject: chart.patient,
      performer: [{ actor: chart.site.organisation }],
      authorizingPrescription: [request],
      quantity: quantityOf(medicine),
      daysSupply: {
        value: decimal(medicine.supply[1], 0),
        unit: 'days',
        system: 'http://unitsofmeasure.org',
        code: 'd',
      },
      whenHandedOver: instantOf(handedMs),
      dosageInstruction: [dosage(medicine)],
    },
    visit.sensitivity,
  );
}

/** Records a medicine that another organisation prescribed, as the patient told it. */
export function reportMedicine(
  chart: Chart,
  visit: Visit,
  medicine: Medicine,
  sinceMs: number,
  sensitivity?: Sensitivity,
): void {
  chart.add<MedicationStatement>(
    {
      resourceType: 'MedicationStatement',
      status: 'active',
      medicationCodeableConcept: concept(medicine.code),
      subject: chart.patient,
      context: visit.encounter,
      effectivePeriod: { start: dateOf(sinceMs).slice(0, 7) },
      dateAsserted: instantOf(visit.startMs),
      informationSource: chart.patient,
      dosage: [{ text: medicine.instruction }],
    },
    sensitivity,
  );
}

import type { Condition, Procedure, Reference } from '@medplum/fhirtypes';
import { HOUR_MS, instantOf } from '../calendar.ts';
import { concept, type Term } from '../code-system.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

/** Records a procedure done during a visit and returns it; the payer is billed for it. */
export function perform(
  chart: Chart,
  visit: Visit,
  code: Term,
  reason?: Reference<Condition>,
): Reference<Procedure> {
  visit.services.push(code);
  const startMs = visit.startMs + (visit.setting === 'inpatient' ? chart.random.integer(3, 9) * HOUR_MS : 0);
  const endMs = Math.min(visit.endMs, startMs + chart.random.integer(1, 8) * (HOUR_MS / 4));
  return chart.add<Procedure>(
    {
      resourceType: 'Procedure',
      status: 'completed',
      code: concept(code),
      subject: chart.patient,
      encounter: visit.encounter,
      performedPeriod: { start: instantOf(startMs), end: instantOf(endMs) },
      performer: [{ actor: visit.clinician }],
      location: chart.site.locations[visit.setting],
      ...(reason === undefined ? {} : { reasonReference: [reason] }),
    },
    visit.sensitivity,
  );
}

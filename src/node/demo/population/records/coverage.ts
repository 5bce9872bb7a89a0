import type { Coverage, Reference } from '@medplum/fhirtypes';
import { ADULT_YEARS } from '../body.ts';
import { dateOf } from '../calendar.ts';
import { concept, hl7 } from '../code-system.ts';
import type { Chart } from './chart.ts';

const EXTENDED_HEALTHCARE = hl7('v3-ActCode', 'EHCPOL', 'extended healthcare');
const SELF = hl7('subscriber-relationship', 'self', 'Self');
const CHILD = hl7('subscriber-relationship', 'child', 'Child');

/** Records that the payer insures the person since that day, and returns the Coverage. */
export function cover(chart: Chart, sinceMs: number): Reference<Coverage> {
  const child = chart.body.ageYears(chart.nowMs) < ADULT_YEARS;
  return chart.add<Coverage>({
    resourceType: 'Coverage',
    identifier: [
      { system: 'urn:holdfast:demo:policy:meridian', value: `MP${chart.random.integer(100_000, 999_999)}` },
    ],
    status: 'active',
    type: concept(EXTENDED_HEALTHCARE),
    beneficiary: chart.patient,
    relationship: concept(child ? CHILD : SELF),
    period: { start: dateOf(sinceMs) },
    payor: [chart.site.organisation],
    class: [
      {
        type: concept(hl7('coverage-class', 'plan', 'Plan')),
        value: 'harbor-ppo',
        name: 'Meridian Harbor PPO',
      },
    ],
  });
}

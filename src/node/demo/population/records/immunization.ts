import type { Immunization } from '@medplum/fhirtypes';
import { dateOf, instantOf } from '../calendar.ts';
import { concept, hl7, type Term } from '../code-system.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

const INTRAMUSCULAR = hl7('v3-RouteOfAdministration', 'IM', 'Injection, intramuscular');
const LEFT_ARM = hl7('v3-ActSite', 'LA', 'left arm');
const RIGHT_ARM = hl7('v3-ActSite', 'RA', 'right arm');
const LEFT_THIGH = hl7('v3-ActSite', 'LT', 'left thigh');
/** Infants get the needle in the thigh until they are this old. */
const TODDLER_YEARS = 3;

function siteOf(chart: Chart, atMs: number): Term {
  if (chart.body.ageYears(atMs) < TODDLER_YEARS) return LEFT_THIGH;
  return chart.random.chance(0.7) ? LEFT_ARM : RIGHT_ARM;
}

/** Records a vaccine given at a visit; the payer is billed for it. */
export function immunize(chart: Chart, visit: Visit, vaccine: Term): void {
  visit.services.push(vaccine);
  const lot = chart.random.id().slice(0, 6).toUpperCase();
  chart.add<Immunization>({
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: concept(vaccine),
    patient: chart.patient,
    encounter: visit.encounter,
    occurrenceDateTime: instantOf(visit.startMs),
    primarySource: true,
    location: chart.site.locations[visit.setting],
    lotNumber: lot,
    expirationDate: dateOf(visit.startMs + chart.random.integer(200, 500) * 86_400_000),
    site: concept(siteOf(chart, visit.startMs)),
    route: concept(INTRAMUSCULAR),
    performer: [{ actor: visit.clinician }],
  });
}

import type { Claim, ClaimItem, Coverage, Encounter, Organization, Reference } from '@medplum/fhirtypes';
import { DAY_MS, dateOf, instantOf } from '../calendar.ts';
import { coding, concept, hl7, type Term } from '../code-system.ts';
import type { CareOrganisation } from '../profile.ts';
import type { Chart } from './chart.ts';
import { encounterClass } from './encounter.ts';
import { billedAs, dollars, priceOfService, priceOfVisit } from './price.ts';
import type { Visit } from './visit.ts';

const INSTITUTIONAL = hl7('claim-type', 'institutional', 'Institutional');
const PROFESSIONAL = hl7('claim-type', 'professional', 'Professional');
const NORMAL = hl7('processpriority', 'normal', 'Normal');
/** Providers bill within this many days. */
const BILLED_WITHIN_DAYS = 21;

/** One line of a bill. */
export interface BillLine {
  readonly service: Term;
  readonly price: number;
}

/** A claim as the payer decides on it. */
export interface Bill {
  readonly claim: Reference<Claim>;
  readonly encounter: Reference<Encounter>;
  readonly visit: Visit;
  readonly provider: Reference<Organization>;
  readonly type: Term;
  readonly lines: readonly BillLine[];
  readonly createdMs: number;
}

/** Returns the lines of the bill for a visit: the visit itself and each service. */
function linesOf(chart: Chart, at: CareOrganisation, visit: Visit): BillLine[] {
  const nights = Math.floor((visit.endMs - visit.startMs) / DAY_MS);
  return [
    {
      service: billedAs(visit.setting, at) ?? visit.type,
      price: priceOfVisit(visit.setting, nights, chart.random),
    },
    ...visit.services.map((service) => ({ service, price: priceOfService(service, chart.random) })),
  ];
}

/** Records the payer's own Encounter for a visit elsewhere, known by the provider's visit number, and returns it. */
function copyEncounter(
  chart: Chart,
  visit: Visit,
  at: CareOrganisation,
  provider: Reference<Organization>,
): Reference<Encounter> {
  return chart.add<Encounter>(
    {
      resourceType: 'Encounter',
      identifier: [{ use: 'secondary', system: `urn:holdfast:demo:visit:${at}`, value: visit.number }],
      status: 'finished',
      class: coding(encounterClass(visit.setting)),
      type: [concept(visit.type)],
      subject: chart.patient,
      period: { start: instantOf(visit.startMs), end: instantOf(visit.endMs) },
      reasonCode: [concept(visit.reason)],
      serviceProvider: provider,
    },
    visit.sensitivity,
  );
}

/** Records the claim that a provider sends for a visit, or returns undefined while it is not billed yet. */
export function claim(
  chart: Chart,
  coverage: Reference<Coverage>,
  at: CareOrganisation,
  provider: Reference<Organization>,
  visit: Visit,
): Bill | undefined {
  const createdMs = visit.endMs + chart.random.integer(1, BILLED_WITHIN_DAYS) * DAY_MS;
  if (createdMs > chart.nowMs) return undefined;
  const encounter = copyEncounter(chart, visit, at, provider);
  const type = visit.setting === 'ambulatory' || visit.setting === 'virtual' ? PROFESSIONAL : INSTITUTIONAL;
  const lines = linesOf(chart, at, visit);
  const item: ClaimItem[] = lines.map(({ service, price }, index) => ({
    sequence: index + 1,
    diagnosisSequence: [1],
    productOrService: concept(service),
    servicedDate: dateOf(visit.startMs),
    quantity: { value: 1 },
    unitPrice: dollars(price),
    net: dollars(price),
    encounter: [encounter],
  }));
  const reference = chart.add<Claim>(
    {
      resourceType: 'Claim',
      identifier: [
        {
          system: 'urn:holdfast:demo:claim:meridian',
          value: `C${chart.random.integer(10_000_000, 99_999_999)}`,
        },
      ],
      status: 'active',
      type: concept(type),
      use: 'claim',
      patient: chart.patient,
      billablePeriod: { start: instantOf(visit.startMs), end: instantOf(visit.endMs) },
      created: instantOf(createdMs),
      insurer: chart.site.organisation,
      provider,
      priority: concept(NORMAL),
      diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept(visit.reason) }],
      insurance: [{ sequence: 1, focal: true, coverage }],
      item,
      total: dollars(lines.reduce((sum, line) => sum + line.price, 0)),
    },
    visit.sensitivity,
  );
  return { claim: reference, encounter, visit, provider, type, lines, createdMs };
}

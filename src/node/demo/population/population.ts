import type { Organization, Patient, Reference } from '@medplum/fhirtypes';
import { Blood } from './blood.ts';
import { Body } from './body.ts';
import { writeMemberRecord } from './member-record.ts';
import { fullNameOf, slug } from './naming.ts';
import { addOrganisation, type Establishment, establish, type StaffMember } from './organisation.ts';
import { ORGANISATION_NAMES, type OrganisationName, organisationsOf, type Profile } from './profile.ts';
import { castOf } from './profiles/cast.ts';
import { Chart } from './records/chart.ts';
import { register } from './records/patient.ts';
import { ResourceList, type SyntheticResource } from './records/resource-list.ts';
import { addStudy } from './study.ts';
import { writeSubjectRecord } from './subject-record.ts';
import { writeTreatmentRecord } from './treatment-record.ts';
import { Random } from './xoshiro128.ts';

/** One person's record at one organisation, the Patient first; each resource refers only to earlier ones. */
export interface PatientRecord {
  /** Persona id of the person. */
  readonly person: string;
  /** Logical id of the Patient there. */
  readonly patient: string;
  readonly resources: readonly SyntheticResource[];
}

/** What one organisation holds. */
export interface OrganisationRecords {
  /** Resources of no patient, which the records refer to: load them first. */
  readonly resources: readonly SyntheticResource[];
  readonly patients: readonly PatientRecord[];
}

/** A person of the demonstration. */
export interface Person {
  /** Persona id, such as `patient-ana-reyes`. */
  readonly id: string;
  readonly name: string;
  /** Where there is a record of the person, and under which logical id. */
  readonly records: readonly { readonly organisation: OrganisationName; readonly patient: string }[];
  /** The 32-byte seed of the patient's keys, base64 (FORMATS §4); fit for a demonstration only. */
  readonly seed: string;
  /** Whether the records name each other by `urn:holdfast:patient:<organisation>` identifiers. */
  readonly linked: boolean;
}

/** Everything that the demonstration starts with. */
export interface Population {
  readonly organisations: Readonly<Record<OrganisationName, OrganisationRecords>>;
  readonly people: readonly Person[];
  readonly staff: readonly StaffMember[];
}

/** What a population follows from. */
export interface PopulationRequest {
  readonly seed: string;
  /** The day on which the records end, ISO 8601. */
  readonly now: string;
  /** How many people; 24 when left out. */
  readonly patients?: number;
}

/** As many as are written by hand. */
const USUAL_PATIENTS = 24;
/** About 100,000 resources: more would not start within a demonstration's patience. */
const MOST_PATIENTS = 500;
/** FORMATS §4. */
const SEED_BYTES = 32;

interface Company extends Establishment {
  readonly list: ResourceList;
  readonly patients: PatientRecord[];
}

interface Someone {
  readonly person: Person;
  readonly profile: Profile;
  readonly random: Random;
}

/** Returns what `make` makes of each organisation, by name. */
function byOrganisation<T>(make: (name: OrganisationName) => T): Record<OrganisationName, T> {
  return {
    'st-mary': make('st-mary'),
    lakeside: make('lakeside'),
    meridian: make('meridian'),
    aurora: make('aurora'),
  };
}

function found(random: Random, name: OrganisationName): Company {
  const list = new ResourceList(random.fork(`organisation/${name}`));
  return { list, patients: [], ...establish(list, name) };
}

function introduce(profile: Profile, root: Random): Someone {
  const name = fullNameOf({ given: profile.given[0], family: profile.family });
  const id = `patient-${slug(name)}`;
  const random = root.fork(id);
  const records = organisationsOf(profile).map((organisation) => ({
    organisation,
    patient: random.fork(`record/${organisation}`).id(),
  }));
  const seed = Buffer.from(random.fork('seed').bytes(SEED_BYTES)).toString('base64');
  return {
    profile,
    random,
    person: { id, name, records, seed, linked: profile.linked && records.length > 1 },
  };
}

/** Opens the chart of a person at each of their organisations, with the Patient in it. */
function openCharts(
  someone: Someone,
  companies: Record<OrganisationName, Company>,
  nowMs: number,
): Map<OrganisationName, Chart> {
  const { profile, person, random } = someone;
  const body = new Body(profile, nowMs, random.fork('body'));
  const blood = new Blood(profile, body, nowMs);
  const charts = new Map<OrganisationName, Chart>();
  for (const { organisation, patient } of person.records) {
    const { site } = companies[organisation];
    const record = random.fork(`chart/${organisation}`);
    const reference: Reference<Patient> = { reference: `Patient/${patient}` };
    const chart = new Chart({ site, profile, body, blood, patient: reference, nowMs, random: record });
    const treating = organisation === 'st-mary' || organisation === 'lakeside';
    const elsewhere = person.linked
      ? person.records.filter((other) => other.organisation !== organisation)
      : [];
    register(chart, { id: patient, treated: treating, elsewhere }, random);
    charts.set(organisation, chart);
  }
  return charts;
}

/**
 * Returns the records of four organisations and the people they are about. Pure: the same request gives the same
 * text, byte for byte, and the people of a smaller population are those of a larger one.
 *
 * @throws RangeError when `now` is no date or `patients` is not a whole number from 1 to 500.
 */
export function generatePopulation(request: PopulationRequest): Population {
  const { seed, now, patients = USUAL_PATIENTS } = request;
  const nowMs = Date.parse(now);
  if (Number.isNaN(nowMs)) throw new RangeError(`now must be an ISO 8601 date, not "${now}"`);
  if (!Number.isInteger(patients) || patients < 1 || patients > MOST_PATIENTS) {
    throw new RangeError(`patients must be a whole number from 1 to ${MOST_PATIENTS}, not ${patients}`);
  }
  const random = new Random(seed);
  const companies = byOrganisation((name) => found(random, name));
  const payer = companies.meridian.list;
  const providers: Record<'st-mary' | 'lakeside', Reference<Organization>> = {
    'st-mary': addOrganisation(payer, 'st-mary'),
    lakeside: addOrganisation(payer, 'lakeside'),
  };
  const { list: sponsor, site: centre } = companies.aurora;
  const studies = {
    harbor: addStudy(sponsor, centre, 'harbor', nowMs),
    lantern: addStudy(sponsor, centre, 'lantern', nowMs),
  };
  const everybody = castOf(patients, random).map((profile) => introduce(profile, random));
  for (const someone of everybody) {
    const charts = openCharts(someone, companies, nowMs);
    const visits = (['st-mary', 'lakeside'] as const).flatMap((at) => {
      const chart = charts.get(at);
      if (chart === undefined) return [];
      writeTreatmentRecord(chart, at);
      return chart.visits.map((visit) => ({ at, visit }));
    });
    const member = charts.get('meridian');
    if (member !== undefined) writeMemberRecord(member, providers, visits);
    const subject = charts.get('aurora');
    if (subject !== undefined) writeSubjectRecord(subject, studies);
    for (const { organisation, patient } of someone.person.records) {
      const resources = charts.get(organisation)?.resources ?? [];
      companies[organisation].patients.push({ person: someone.person.id, patient, resources });
    }
  }
  return {
    organisations: byOrganisation((name) => ({
      resources: companies[name].list.resources,
      patients: companies[name].patients,
    })),
    people: everybody.map(({ person }) => person),
    staff: ORGANISATION_NAMES.flatMap((name) => companies[name].staff),
  };
}

import type { Location, Organization, Practitioner, PractitionerRole, Reference } from '@medplum/fhirtypes';
import { coding, concept, hl7, type Term } from './code-system.ts';
import { fullNameOf, slug } from './naming.ts';
import type { OrganisationName } from './profile.ts';
import type { ResourceList } from './records/resource-list.ts';
import type { Setting, Site } from './records/site.ts';
import { type Employee, STAFF_ROSTER, type StaffRole } from './staff-roster.ts';

/** A member of staff who can sign in to the demonstration. */
export interface StaffMember {
  /** Persona id, such as `clinician-bennett-osei`. */
  readonly id: string;
  readonly name: string;
  readonly role: StaffRole;
  readonly organisation: OrganisationName;
  /** Logical id of the Practitioner there. */
  readonly practitioner: string;
}

/** What stands behind an organisation's records: where they refer to, and who works there. */
export interface Establishment {
  readonly site: Site;
  readonly staff: readonly StaffMember[];
}

interface Particulars {
  readonly name: string;
  readonly type: Term;
  readonly town: string;
  readonly postalCode: string;
  readonly pharmacy: boolean;
  readonly locations: Readonly<Record<Setting, readonly [name: string, type: Term]>>;
}

const CARE = hl7('organization-type', 'prov', 'Healthcare Provider');
const room = (code: string, display: string): Term => hl7('v3-RoleCode', code, display);
const OFFICE = ['Main office', room('PC', 'Primary care clinic')] as const;

const PARTICULARS: Readonly<Record<OrganisationName, Particulars>> = {
  'st-mary': {
    name: 'St. Mary Hospital',
    type: CARE,
    town: 'Port Ellery',
    postalCode: '04990',
    pharmacy: true,
    locations: {
      ambulatory: ['Outpatient department', room('HU', 'Hospital unit')],
      emergency: ['Emergency department', room('ER', 'Emergency room')],
      inpatient: ['Ward 4 East', room('HU', 'Hospital unit')],
      virtual: ['Telehealth', room('HU', 'Hospital unit')],
    },
  },
  lakeside: {
    name: 'Lakeside Clinic',
    type: CARE,
    town: 'Kettle Cove',
    postalCode: '04997',
    pharmacy: false,
    locations: {
      ambulatory: OFFICE,
      emergency: ['Walk-in room', OFFICE[1]],
      inpatient: OFFICE,
      virtual: ['Telehealth', OFFICE[1]],
    },
  },
  meridian: {
    name: 'Meridian Health Plan',
    type: hl7('organization-type', 'pay', 'Payer'),
    town: 'Dunmore Falls',
    postalCode: '04991',
    pharmacy: false,
    locations: { ambulatory: OFFICE, emergency: OFFICE, inpatient: OFFICE, virtual: OFFICE },
  },
  aurora: {
    name: 'Aurora Life Sciences',
    type: hl7('organization-type', 'crs', 'Clinical Research Sponsor'),
    town: 'Dunmore Falls',
    postalCode: '04991',
    pharmacy: false,
    locations: {
      ambulatory: ['Study centre', OFFICE[1]],
      emergency: OFFICE,
      inpatient: OFFICE,
      virtual: OFFICE,
    },
  },
};

const ROLE: Readonly<Record<StaffRole, Term | undefined>> = {
  clinician: hl7('practitioner-role', 'doctor', 'Doctor'),
  researcher: hl7('practitioner-role', 'researcher', 'Researcher'),
  'compliance-officer': undefined,
  'privacy-officer': undefined,
  'front-desk': undefined,
};

/** Adds the Organization of a member as seen by another one, and returns it. */
export function addOrganisation(list: ResourceList, name: OrganisationName): Reference<Organization> {
  const particulars = PARTICULARS[name];
  return list.add<Organization>({
    resourceType: 'Organization',
    identifier: [{ system: 'urn:holdfast:organisation', value: name }],
    active: true,
    type: [concept(particulars.type)],
    name: particulars.name,
    telecom: [{ system: 'phone', value: '+1-207-555-0100', use: 'work' }],
    address: [{ city: particulars.town, state: 'ME', postalCode: particulars.postalCode, country: 'US' }],
  });
}

function addLocation(
  list: ResourceList,
  organisation: Reference<Organization>,
  [name, type]: readonly [string, Term],
): Reference<Location> {
  return list.add<Location>({
    resourceType: 'Location',
    status: 'active',
    name,
    mode: 'instance',
    type: [concept(type)],
    managingOrganization: organisation,
  });
}

function employ(
  list: ResourceList,
  name: OrganisationName,
  organisation: Reference<Organization>,
  employee: Employee,
  index: number,
): Reference<Practitioner> {
  const code = ROLE[employee.role];
  const practitioner = list.add<Practitioner>({
    resourceType: 'Practitioner',
    identifier: [{ system: `urn:holdfast:demo:staff:${name}`, value: String(1001 + index) }],
    active: true,
    name: [{ use: 'official', family: employee.family, given: [employee.given] }],
    telecom: [{ system: 'email', value: `${slug(fullNameOf(employee))}@${name}.example`, use: 'work' }],
    gender: employee.gender,
  });
  list.add<PractitionerRole>({
    resourceType: 'PractitionerRole',
    active: true,
    practitioner,
    organization: organisation,
    code: [code === undefined ? { text: employee.title } : { coding: [coding(code)], text: employee.title }],
  });
  return practitioner;
}

/** Adds an organisation with its rooms and staff to the list, and returns what its records refer to. */
export function establish(list: ResourceList, name: OrganisationName): Establishment {
  const { pharmacy, locations } = PARTICULARS[name];
  const organisation = addOrganisation(list, name);
  const settings = (Object.keys(locations) as Setting[]).map(
    (setting) => [setting, addLocation(list, organisation, locations[setting])] as const,
  );
  const employed = STAFF_ROSTER[name].map((employee, index) => ({
    employee,
    reference: employ(list, name, organisation, employee, index),
  }));
  const seeing = employed.filter(({ employee }) => employee.role === 'clinician' || name === 'aurora');
  const [first = employed[0], ...others] = seeing;
  if (first === undefined) throw new RangeError(`${name} employs nobody`);
  return {
    site: {
      name,
      organisation,
      pharmacy,
      locations: Object.fromEntries(settings) as Site['locations'],
      clinicians: [first.reference, ...others.map((other) => other.reference)],
    },
    staff: employed.map(({ employee, reference }) => ({
      id: `${employee.role}-${slug(fullNameOf(employee))}`,
      name: fullNameOf(employee),
      role: employee.role,
      organisation: name,
      practitioner: (reference.reference ?? '').slice('Practitioner/'.length),
    })),
  };
}

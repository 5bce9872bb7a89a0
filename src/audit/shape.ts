import type { AccessInput } from './access-input.ts';
import { type AuditCoding, coding, DICOM, PARTICIPATION, RESTFUL_INTERACTION } from './coding.ts';

const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';

/** Codings of entities. */
export const ENTITY = {
  person: coding(ENTITY_TYPE, '1'),
  system: coding(ENTITY_TYPE, '2'),
  request: coding('https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', 'XrequestId'),
  consent: coding('http://hl7.org/fhir/resource-types', 'Consent'),
  patient: coding(OBJECT_ROLE, '1'),
  resource: coding(OBJECT_ROLE, '4'),
  query: coding(OBJECT_ROLE, '24'),
} as const;

/** Which roles the agents of an AuditEvent have (IHE BALP §3:5.7). */
export interface Shape {
  readonly name: 'read' | 'write' | 'delete' | 'query' | 'disclosure' | 'other';
  readonly client: AuditCoding;
  readonly server: AuditCoding;
  readonly user: AuditCoding;
}

const SOURCE = coding(DICOM, '110153');
const DESTINATION = coding(DICOM, '110152');
const APPLICATION = coding(DICOM, '110150');
const CUSTODIAN = coding('http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian');
const RECIPIENT = coding(PARTICIPATION, 'IRCP');
const AUTHOR = coding(PARTICIPATION, 'AUT');

const shapes: { readonly [name in Shape['name']]: Shape } = {
  read: { name: 'read', client: DESTINATION, server: SOURCE, user: RECIPIENT },
  write: { name: 'write', client: SOURCE, server: DESTINATION, user: AUTHOR },
  delete: { name: 'delete', client: APPLICATION, server: CUSTODIAN, user: AUTHOR },
  query: { name: 'query', client: SOURCE, server: DESTINATION, user: RECIPIENT },
  disclosure: { name: 'disclosure', client: DESTINATION, server: SOURCE, user: RECIPIENT },
  other: { name: 'other', client: SOURCE, server: DESTINATION, user: RECIPIENT },
};

/** Interactions of FHIR's own code system; anything else is the name of an operation or route. */
const INTERACTIONS: ReadonlySet<string> = new Set(
  'read vread update patch delete history history-instance history-type history-system create search search-type search-system capabilities transaction batch operation'.split(
    ' ',
  ),
);

/** The shape of a request's AuditEvent: a release to another organisation is a disclosure, whatever it was asked by. */
export function shapeOf(input: AccessInput): Shape {
  const { subtype, action } = input;
  if (isDisclosure(input)) return shapes.disclosure;
  if (subtype === 'read' || subtype === 'vread') return shapes.read;
  if (isWrite(interactionOf(input))) return shapes.write;
  if (subtype === 'delete' && action === 'D') return shapes.delete;
  return subtype.startsWith('search') ? shapes.query : shapes.other;
}

/** Steps of a consent that write the Consent at its custodian, as the interaction that they come to. */
const CONSENT_WRITES: ReadonlyMap<string, string> = new Map([
  ['consent-grant', 'create'],
  ['consent-revoke', 'update'],
]);

/** What a request comes to: an interaction of FHIR's, or the name of an operation or route. */
function interactionOf({ kind, subtype }: AccessInput): string {
  return (kind === 'consent' ? CONSENT_WRITES.get(subtype) : undefined) ?? subtype;
}

const isWrite = (interaction: string): boolean =>
  interaction === 'create' || interaction === 'update' || interaction === 'patch';

/** Whether data of a patient left the organisation (45 CFR 160.103, disclosure). */
function isDisclosure({ principal, organisation, status, action, patients }: AccessInput): boolean {
  return (
    principal !== undefined &&
    principal.actorOrganisation !== organisation &&
    status < 300 &&
    (action === 'R' || action === 'E') &&
    patients.length > 0
  );
}

/** Coding of a subtype. */
function subtypeCoding(subtype: string): AuditCoding {
  let found = subtypes.get(subtype);
  if (found === undefined) {
    found = coding(INTERACTIONS.has(subtype) ? RESTFUL_INTERACTION : 'urn:holdfast:request', subtype);
    if (subtypes.size < MAX_SUBTYPES) subtypes.set(subtype, found);
  }
  return found;
}

/** Names of interactions, operations and routes together stay far below this. */
const MAX_SUBTYPES = 512; // a bound, should a caller ever pass something else
const subtypes = new Map<string, AuditCoding>();

const types = {
  rest: coding('http://terminology.hl7.org/CodeSystem/audit-event-type', 'rest'),
  export: coding(DICOM, '110106'),
  authentication: coding(DICOM, '110114'),
  application: coding(DICOM, '110100'),
  securityAttributes: coding(DICOM, '110137'),
  securityAlert: coding(DICOM, '110113'),
};

/** Coding of AuditEvent.type. */
export function typeCoding(input: AccessInput, shape: Shape): AuditCoding {
  if (shape.name === 'disclosure') return types.export;
  if (input.subtype === BREAKING) return types.securityAlert;
  switch (input.kind) {
    case 'sign-in':
      return types.authentication;
    case 'administration':
      return types.application;
    case 'enrolment':
      return types.securityAttributes;
    default:
      return types.rest;
  }
}

/** Name of the request that breaks the glass. */
const BREAKING = 'break-glass';
/** DICOM PS3.16 CID 403: an emergency override has begun (as in FHIR's example of a break-glass start). */
const OVERRIDE_STARTED = coding(DICOM, '110127');

/** Codings of AuditEvent.subtype: what a release, broken glass and a step of a consent are in terms of others, then the request itself. */
export function subtypesOf(input: AccessInput, shape: Shape): readonly AuditCoding[] {
  const { subtype, status } = input;
  const own = subtypeCoding(subtype);
  if (shape.name === 'disclosure') return [DISCLOSE, own];
  if (subtype === BREAKING && status < 300) return [OVERRIDE_STARTED, own];
  const interaction = interactionOf(input);
  return interaction === subtype ? [own] : [subtypeCoding(interaction), own];
}

/** Marks a release in `subtype` (IHE BALP, Privacy Disclosure at source). */
export const DISCLOSE = coding('http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', 'disclose');

const PROFILES = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

/**
 * The BALP profile that an AuditEvent conforms to; undefined where there is none: refusals (the profiles are of
 * success), operations, sign-in and administration, and what speaks of several objects. Of several patients a Patient… profile
 * cannot speak.
 */
export function profileOf(input: AccessInput, shape: Shape, listed: number): string | undefined {
  const { status, patients, kind = 'access' } = input;
  const interaction = interactionOf(input);
  const isInteraction = kind === 'access' || interaction !== input.subtype;
  if (status >= 300 || !isInteraction) return undefined;
  if (shape.name === 'disclosure')
    return patients.length === 1 && listed > 0 ? `${PROFILES}PrivacyDisclosure.Source` : undefined;
  const name = shape.name === 'query' ? 'Query' : listed === 1 ? profileNames.get(interaction) : undefined;
  return name === undefined ? undefined : `${PROFILES}${patients.length === 1 ? 'Patient' : ''}${name}`;
}

const profileNames = new Map([
  ['read', 'Read'],
  ['vread', 'Read'],
  ['create', 'Create'],
  ['update', 'Update'],
  ['patch', 'Update'],
  ['delete', 'Delete'],
]);

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Principal, parseScopes } from '../identity/index.ts';
import { canonicalizeJsonText } from '../proof/index.ts';
import { compartments, extractIndex, parseResource, validate } from '../r4/index.ts';
import { type AccessInput, accessEvent, auditedParameters } from './index.ts';
import { breaches, loadBalpProfiles } from './suite/balp-profile.ts';
import { fhirData, withoutSharedData } from './suite/shared-data.ts';

const client: Principal = {
  organisation: 'st-mary',
  actorOrganisation: 'st-mary',
  kind: 'client',
  id: 'demo',
  scopes: parseScopes('system/*.cruds'),
  purposes: ['TREAT'],
  tokenId: 'b7c1e2f0',
};
const doctor: Principal = { ...client, kind: 'user', id: 'Practitioner/7', fhirUser: 'Practitioner/7' };
const patient: Principal = { ...client, kind: 'patient', id: 'Patient/p1', patient: 'p1' };
const member: Principal = {
  ...client,
  kind: 'member',
  actorOrganisation: 'lakeside',
  id: 'lakeside',
  purposes: ['TREAT', 'HPAYMT'],
};

const read: AccessInput = {
  organisation: 'st-mary',
  time: new Date('2026-05-01T12:00:00.123Z'),
  requestId: '76d148b6-586d-11ec-bf63-0242ac130002',
  principal: client,
  action: 'R',
  subtype: 'read',
  status: 200,
  patients: ['p1'],
  objects: ['Observation/o1'],
  consents: [],
};

const write = (action: 'C' | 'U' | 'D', subtype: string): AccessInput => ({
  ...read,
  principal: doctor,
  action,
  subtype,
  objects: ['Observation/o1/_history/2'],
});
const search: AccessInput = {
  ...read,
  action: 'E',
  subtype: 'search-type',
  type: 'Observation',
  searched: ['patient=p1', 'code', '_count=20'],
  objects: ['Observation/o1', 'Observation/o2'],
};

const cases: [name: string, input: AccessInput, profile: string | undefined][] = [
  ['a read by a client', read, 'PatientRead'],
  ['a read by a doctor', { ...read, principal: doctor }, 'PatientRead'],
  ['a read by the patient', { ...read, principal: patient }, 'PatientRead'],
  [
    'a read of the patient itself, with a consent relied on',
    {
      ...read,
      subtype: 'vread',
      objects: ['Patient/p1/_history/3'],
      consents: ['0123456789abcdef0123456789abcdef'],
    },
    'PatientRead',
  ],
  ['a read of what belongs to nobody', { ...read, patients: [], objects: ['Organization/x'] }, 'Read'],
  ['a read of what belongs to two', { ...read, patients: ['p1', 'p2'] }, 'Read'],
  ['a create', write('C', 'create'), 'PatientCreate'],
  ['an update', write('U', 'update'), 'PatientUpdate'],
  ['a delete', write('D', 'delete'), 'PatientDelete'],
  ['a delete by the patient', { ...write('D', 'delete'), principal: patient }, 'PatientDelete'],
  ['a search', search, 'PatientQuery'],
  ['a search that finds nobody', { ...search, patients: [], objects: [] }, 'Query'],
  [
    'a search that discloses three patients',
    { ...search, patients: ['p1', 'p2', 'p3'], consents: ['a', 'b'] },
    'Query',
  ],
  [
    'a release to another member',
    {
      ...read,
      principal: member,
      subtype: 'network-everything',
      objects: ['Observation/o1/_history/1', 'Condition/c1/_history/4'],
      consents: ['c'],
    },
    'PrivacyDisclosure.Source',
  ],
  [
    'a release for legal proceedings',
    {
      ...read,
      principal: { ...member, purposes: ['HLEGAL'] },
      subtype: 'network-everything',
      objects: ['Observation/o1/_history/1'],
      consents: ['c'],
    },
    'PrivacyDisclosure.Source',
  ],
  [
    'a question of a member that gets nothing',
    { ...read, principal: member, subtype: 'network-everything', status: 403, patients: [], objects: [] },
    undefined,
  ],
  ['a refused read', { ...read, status: 404, patients: [], objects: [] }, undefined],
  [
    'a request without a token',
    { ...read, principal: undefined, status: 401, patients: [], objects: [], detail: 'token-missing' },
    undefined,
  ],
  [
    'a transaction',
    {
      ...write('C', 'transaction'),
      action: 'C',
      objects: ['Patient/p1/_history/1', 'Encounter/e/_history/1'],
    },
    undefined,
  ],
  ['a fault of the server', { ...search, status: 500 }, undefined],
  [
    'a sign-in',
    { ...read, kind: 'sign-in', action: 'E', subtype: 'token', patients: [], objects: [] },
    undefined,
  ],
  [
    'a consent that a patient grants',
    {
      ...write('C', 'consent-grant'),
      principal: patient,
      kind: 'consent',
      objects: ['Consent/0123456789abcdef0123456789abcdef'],
    },
    'PatientCreate',
  ],
  [
    'a revocation that a patient’s key signs, without a token',
    {
      ...write('U', 'consent-revoke'),
      principal: undefined,
      kind: 'consent',
      objects: ['Consent/0123456789abcdef0123456789abcdef'],
    },
    'PatientUpdate',
  ],
  [
    'a revocation that is refused',
    { ...write('U', 'consent-revoke'), kind: 'consent', status: 403, patients: [], objects: [] },
    undefined,
  ],
  [
    'a new key for a consent',
    { ...write('U', 'consent-rebind'), kind: 'consent', objects: ['Consent/c'] },
    undefined,
  ],
  ['a list of consents', { ...read, kind: 'consent', subtype: 'consent-list', objects: [] }, undefined],
  ['an enrolment', { ...read, kind: 'enrolment', action: 'C', subtype: 'enrol-key', objects: [] }, undefined],
  [
    'an administrative act',
    { ...read, kind: 'administration', action: 'E', subtype: 'rotate-keys', patients: [], objects: [] },
    undefined,
  ],
];

const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();

describe('an AuditEvent holds no identifier but logical ids', () => {
  test('of what was searched, names of parameters stay, and values only of those that tell nothing', () => {
    const searched = [
      'patient=p1',
      'patient.name=Weber',
      'patient.identifier=123-45-6789',
      'patient:identifier=999',
      'patient=http://elsewhere.example/Patient/p1?name=Weber',
      'subject:Patient.identifier=http://hl7.org/fhir/sid/us-ssn|123-45-6789',
      'code:in=urn:hiv',
      'code=http://loinc.org|68961-2',
      'date=1970-01-31',
      '_has:Observation:patient:Weber=x',
      '_count=20',
      '_count=20 Jane Weber',
      '_sort=-date',
      'Weber=x',
      'jane@weber.example=x',
      'constructor=x',
    ];
    const { entity } = JSON.parse(accessEvent({ ...search, searched }).text);
    expect(atob(entity[0].query)).toBe(
      'Observation?patient=p1&patient&subject&code&date&_has&_count=20&_count&_sort=-date',
    );
    expect(auditedParameters(undefined, ['Weber', '_count=5'])).toEqual(['_count=5']);
  });

  test('no name of who asked, no address', () => {
    const { text } = accessEvent({ ...read, principal: { ...doctor, name: 'Dr. Erika Weber' } });
    expect(text).not.toMatch(/Weber|address|display/);
  });
});

describe('an AuditEvent', () => {
  test.each(cases)('of %s is valid FHIR, canonical, and indexed as if extracted', (_name, input) => {
    const event = accessEvent(input);
    expect(canonicalizeJsonText(event.text)).toBe(event.text);
    const { resource, text } = parseResource(event.text);
    expect(validate(resource, text)).toEqual([]);
    expect(sorted(event.index)).toEqual(sorted(extractIndex(resource)));
    expect(event.patients.toSorted()).toEqual(compartments(resource).patients.toSorted());
    expect(resource).toMatchObject({ id: event.id, meta: { versionId: '1', lastUpdated: event.time } });
  });

  test.each(cases)('of %s names its patients, consents, purposes and request', (_name, input) => {
    const { entity, purposeOfEvent } = JSON.parse(accessEvent(input).text);
    const references = entity.flatMap((one: { what?: { reference?: string } }) => one.what?.reference ?? []);
    for (const id of input.patients) expect(references).toContain(`Patient/${id}`);
    for (const id of input.consents) expect(references).toContain(`Consent/${id}`);
    expect(JSON.stringify(entity)).toContain(input.requestId);
    expect(purposeOfEvent?.map((one: { coding: { code: string }[] }) => one.coding[0]!.code)).toEqual(
      input.principal?.purposes,
    );
  });

  test('has an outcome that follows the answer', () => {
    const outcome = (status: number) => JSON.parse(accessEvent({ ...read, status }).text).outcome;
    expect([200, 201, 304, 401, 404, 409, 500, 507].map(outcome)).toEqual([
      '0',
      '0',
      '0',
      '4',
      '4',
      '4',
      '8',
      '8',
    ]);
  });

  test('of a large release lists a thousand objects and counts the rest', () => {
    const objects = Array.from({ length: 1_500 }, (_, index) => `Observation/o${index}/_history/1`);
    const { entity } = JSON.parse(accessEvent({ ...read, principal: member, objects }).text);
    expect(entity).toHaveLength(1_003);
    expect(entity[1_000].detail).toEqual([{ type: 'not-listed', valueString: '500' }]);
  });
});

describe.skipIf(withoutSharedData)('an AuditEvent conforms to IHE BALP', () => {
  const known = loadBalpProfiles(join(fhirData, 'balp/profiles'));

  test.each(cases)('%s', (_name, input, profile) => {
    const event = JSON.parse(accessEvent(input).text);
    const url = `https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.${profile}`;
    expect(event.meta.profile).toEqual(profile === undefined ? undefined : [url]);
    if (profile !== undefined) expect(breaches(event, url, known)).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { denial, FhirNode, patient, patientsIn } from '../../fhir/suite/index.ts';
import { type Principal, parseScopes } from '../../identity/index.ts';
import { patientsShown } from './patients-shown.ts';

const MOTHER = 'RelatedPerson/mother';
let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  const named = (family: string, more: object = {}) => ({ name: [{ given: ['Ada'], family }], ...more });
  await node.put(patient('elder', named('Ames', { birthDate: '2019-02-03' })));
  await node.put(patient('younger', { birthDate: '2021-05-06', name: [{ use: 'old', text: 'Bo' }] }));
  await node.put(patient('other', named('Stone')));
  const relationship = [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] },
  ];
  const child = { reference: 'Patient/elder' };
  await node.put({ resourceType: 'RelatedPerson', id: 'mother', patient: child, relationship });
});
afterAll(() => node?.stop());
beforeEach(() => {
  for (const id of ['elder', 'other']) node.consent(id);
});

const person = (fhirUser: string, more: Partial<Principal> = {}): Principal => ({
  organisation: node.services.organisation,
  actorOrganisation: node.services.organisation,
  kind: 'user',
  id: fhirUser,
  fhirUser,
  roles: ['clinician'],
  scopes: parseScopes('user/Patient.r'),
  purposes: ['TREAT'],
  tokenId: 'sign-in',
  ...more,
});
const mother = () =>
  person(MOTHER, {
    kind: 'patient',
    roles: ['representative'],
    scopes: parseScopes('patient/Patient.r'),
    purposes: ['PATRQT'],
  });
const shown = (asker: Principal, ...patients: string[]) =>
  node.audited(() => patientsShown(node.services)(asker, patients, 'request-1'));

test('a patient who shuts somebody out, one who is not here, and one of another parent are not shown, and leave no trace', async () => {
  node.consent('other', denial());
  expect(await shown(person('Practitioner/ann'), 'other', 'nobody')).toEqual({ result: [], events: [] });
  const { events, result } = await shown(mother(), 'elder', 'other');
  expect(result.map(({ id }) => id)).toEqual(['elder']);
  expect(events.flatMap(patientsIn)).not.toContain('Patient/other');
});

test('those who may be seen are told by name and day of birth, each look in the trail of its patient', async () => {
  const { result, events } = await shown(person('Practitioner/ann'), 'elder', 'younger');
  expect(result).toEqual([
    { id: 'elder', name: 'Ada Ames', birthDate: '2019-02-03' },
    { id: 'younger', name: 'Bo', birthDate: '2021-05-06' },
  ]);
  expect(events.map((event) => [event.subtype.at(-1)?.code, ...new Set(patientsIn(event))])).toEqual([
    ['read', 'Patient/elder'],
    ['read', 'Patient/younger'],
  ]);
});

test('who shuts somebody out while a look is written down is not shown, whether that or a later one', async () => {
  const shutOut = () => void node.consent('elder', denial());
  node.meanwhile.work = shutOut;
  const { result } = await shown(person('Practitioner/ann'), 'elder', 'younger');
  expect(result.map(({ id }) => id)).toEqual(['younger']);
  node.consent('elder');
  // The first look is written down, and then the second one's is under way.
  node.meanwhile.work = () => {
    node.meanwhile.work = shutOut;
  };
  const later = await shown(person('Practitioner/ann'), 'elder', 'younger');
  expect(later.result.map(({ id }) => id)).toEqual(['younger']);
});

test('nobody is shown when it cannot be written down', async () => {
  node.meanwhile.work = () => Promise.reject(new Error('no room'));
  await expect(patientsShown(node.services)(mother(), ['elder'], 'r')).rejects.toThrow('no room');
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { denial, FhirNode, patient, patientsIn } from '../../fhir/suite/index.ts';
import { type Principal, parseScopes } from '../../identity/index.ts';
import { patientsFound } from './patients-found.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  const born = (family: string, birthDate: string) => ({ name: [{ given: ['Ada'], family }], birthDate });
  await node.put(patient('elder', born('Ames', '2019-02-03')));
  await node.put(patient('twin', born('Ames', '2019-02-03')));
  await node.put(patient('younger', born('Ames', '2021-05-06')));
  await node.put(patient('double', born('Ames, Stone', '1990-01-01')));
});
afterAll(() => node?.stop());
beforeEach(() => node.consent('twin'));

const clinician = (scope = 'user/Patient.rs'): Principal => ({
  organisation: node.services.organisation,
  actorOrganisation: node.services.organisation,
  kind: 'user',
  id: 'Practitioner/ann',
  fhirUser: 'Practitioner/ann',
  roles: ['clinician'],
  scopes: parseScopes(scope),
  purposes: ['TREAT'],
  tokenId: 'sign-in',
});
const find = (family: string, birthDate: string, asker = clinician()) =>
  node.audited(() => patientsFound(node.services)(asker, { family, birthDate }, 'request-1'));
const ids = (found: readonly { id: string }[]) => found.map(({ id }) => id).sort();

test('who shuts somebody out is not found, and the trail names nobody of that name', async () => {
  node.consent('twin', denial());
  const { result, events } = await find('Ames', '2019-02-03');
  expect(ids(result)).toEqual(['elder']);
  expect(events.flatMap(patientsIn)).not.toContain('Patient/twin');
});

test('without a right to search nobody is found, and that is written down', async () => {
  const { result, events } = await find('Ames', '2019-02-03', clinician('user/Device.rs'));
  expect(result).toEqual([]);
  expect(events.map(({ outcome }) => outcome)).toEqual(['4']);
});

test('the beginning of a family name and the whole day of birth find, and a comma is a letter', async () => {
  const { result, events } = await find('ame', '2019-02-03');
  expect(ids(result)).toEqual(['elder', 'twin']);
  expect(result[0]).toMatchObject({ name: 'Ada Ames', birthDate: '2019-02-03' });
  expect(events.flatMap(patientsIn)).toEqual(expect.arrayContaining(['Patient/elder', 'Patient/twin']));
  expect(ids((await find('Stone,Ames', '2019-02-03')).result)).toEqual([]);
  expect(ids((await find('Ames, S', '1990-01-01')).result)).toEqual(['double']);
});

test('who shuts somebody out while the look is written down is not shown', async () => {
  node.meanwhile.work = () => void node.consent('twin', denial());
  expect(ids((await find('Ames', '2019-02-03')).result)).toEqual(['elder']);
});

test('nobody is shown when it cannot be written down', async () => {
  node.meanwhile.work = () => Promise.reject(new Error('no room'));
  await expect(find('Ames', '2019-02-03')).rejects.toThrow('looking for a patient');
});

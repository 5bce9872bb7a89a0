import { afterAll, beforeAll, expect, test } from 'vitest';
import { FhirNode, observation, patient } from './suite/index.ts';

const START_MS = 60_000; // two key derivations and a ledger's worth of files, beside other suites
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  const note = {
    text: 'what is restricted',
    extension: [{ url: INLINE, valueCoding: { system: CONFIDENTIALITY, code: 'R' } }],
  };
  await node.put(observation('labelled', 'anna', '8302-2', { note: [note] }));
  await node.put(observation('plain', 'anna', '8302-2'));
}, START_MS);
afterAll(() => node?.stop());

test('a resource of which a part is denied is released in no way, and the others are', async () => {
  node.consent('anna', { type: 'deny', securityLabel: [{ system: CONFIDENTIALITY, code: 'R' }] });
  const read = async (id: string) => (await node.send('GET', `Observation/${id}`)).status;
  expect([await read('labelled'), await read('plain')]).toEqual([404, 200]);
  expect(await node.search('Observation?patient=anna')).toEqual(['plain']);
  const everything = await node.send('GET', 'Patient/anna/$everything');
  expect(everything.text).not.toContain('restricted');
  expect((await node.send('GET', 'Observation/labelled/_history')).text).not.toContain('restricted');
  node.consent('anna');
  expect([await read('labelled'), await read('plain')]).toEqual([200, 200]);
});

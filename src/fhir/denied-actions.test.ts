import { afterAll, beforeAll, expect, test } from 'vitest';
import { FhirNode, observation, patient } from './suite/index.ts';

const START_MS = 60_000; // two key derivations and a ledger's worth of files, beside other suites
const ACTIONS = 'http://terminology.hl7.org/CodeSystem/consentaction';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  await node.put(observation('o1', 'anna', '8302-2'));
}, START_MS);
afterAll(() => node?.stop());

const denying = (action: string) => ({
  type: 'deny',
  action: [{ coding: [{ system: ACTIONS, code: action }] }],
});
const statuses = async () => {
  const created = await node.send('POST', 'Observation', {
    body: { ...observation('', 'anna', '8302-2'), id: undefined },
  });
  const changed = await node.send('PUT', 'Observation/o1', {
    body: observation('o1', 'anna', '8302-2', { note: [{ text: `${Math.random()}` }] }),
  });
  const read = await node.send('GET', 'Observation/o1');
  return { create: created.status, update: changed.status, read: read.status };
};

test('each action that a patient denies is denied where it happens, and the others go on', async () => {
  const refused: Record<string, string[]> = {};
  for (const action of ['access', 'use', 'collect', 'correct', 'disclose']) {
    node.consent('anna', denying(action));
    refused[action] = Object.entries(await statuses()).flatMap(([what, status]) =>
      status >= 400 ? [what] : [],
    );
  }
  expect(refused).toEqual({
    access: ['create', 'update', 'read'],
    use: ['create', 'update', 'read'],
    collect: ['create'],
    correct: ['update'],
    disclose: [],
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FhirNode, observation, patient, patientsIn } from './suite/index.ts';

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const label = { system: CONFIDENTIALITY, code: 'R' };
const labelled = { meta: { security: [label] } };
const denyLabel = {
  type: 'deny',
  purpose: [{ system: ACT_REASON, code: 'TREAT' }],
  securityLabel: [label],
};
const DOORS = ['', '/_history/1', '/_history/2', '/_history', '/_history/1/$receipt', '/$receipt'];

const START_MS = 60_000; // key derivations and eight commits, beside other suites

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  await node.put(patient('bert'));
  await node.put(observation('lab', 'anna', '3-3', { valueString: 'positive' }));
  await node.put(observation('lab', 'anna', '3-3', { ...labelled, valueString: 'positive' }));
  await node.put(observation('gone', 'anna', '3-3', { valueString: 'positive' }));
  await node.put(observation('gone', 'anna', '3-3', { ...labelled, valueString: 'positive' }));
  await node.send('DELETE', 'Observation/gone');
  await node.put(observation('moved', 'anna', '4-4', { valueString: 'positive' }));
  await node.put(observation('moved', 'bert', '4-4', { valueString: 'positive' }));
}, START_MS);
afterAll(() => node?.stop());
beforeEach(() => {
  node.consent('anna');
  node.consent('bert');
});

describe('an older version is no way around what the newest one says', () => {
  test('each way is open without a denial', async () => {
    for (const below of DOORS)
      expect([below, (await node.send('GET', `Observation/lab${below}`)).status < 300]).toEqual([
        below,
        true,
      ]);
  });

  test.each(['lab', 'gone'])('a label that was added later covers what was before it: %s', async (id) => {
    node.consent('anna', denyLabel);
    for (const below of DOORS) {
      const { result, events } = await node.audited(() => node.send('GET', `Observation/${id}${below}`));
      const absent = await node.send('GET', `Observation/nothing${below}`);
      expect([below, result.status, result.text]).toEqual([below, 404, absent.text]);
      expect(events.flatMap(patientsIn)).toEqual([]);
    }
    const all = (await node.send('GET', 'Observation/_history?_count=100')).text;
    expect([all.includes(`"id":"${id}"`), all.includes('"id":"moved"')]).toEqual([false, true]);
  });

  test('a record that was filed under the wrong patient is not theirs any more', async () => {
    const as = (id: string) => ({
      sub: id,
      fhirUser: `Patient/${id}`,
      patient: id,
      scope: 'patient/*.rs',
      purpose_of_use: ['PATRQT'],
    });
    for (const below of DOORS) {
      const { status, text } = await node.send('GET', `Observation/moved${below}`, { as: as('anna') });
      expect([below, status, text.includes('positive')]).toEqual([below, 404, false]);
    }
    expect((await node.send('GET', 'Observation/_history', { as: as('anna') })).text).not.toContain(
      '"moved"',
    );
    expect((await node.send('GET', 'Observation/moved', { as: as('bert') })).status).toBe(200);
    // Whoever may see both patients sees both versions.
    expect((await node.send('GET', 'Observation/moved/_history/1')).status).toBe(200);
  });
});

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
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const note = { text: 'in private' };
const labelledNote = { ...note, extension: [{ url: INLINE, valueCoding: label }] };
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
  for (const id of ['part-deleted', 'part-removed', 'part-bare']) {
    await node.put(observation(id, 'anna', '5-5', { note: [note] }));
    await node.put(observation(id, 'anna', '5-5', { note: [labelledNote] }));
  }
  await node.send('DELETE', 'Observation/part-deleted');
  await node.put(observation('part-removed', 'anna', '5-5'));
  await node.put(observation('part-bare', 'anna', '5-5'));
  await node.send('DELETE', 'Observation/part-bare');
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

  test.each(['part-deleted', 'part-removed', 'part-bare'])(
    'a label that one part had in between covers it before: %s',
    async (id) => {
      expect((await node.send('GET', `Observation/${id}/_history/1`)).text).toContain('in private');
      node.consent('anna', denyLabel);
      for (const below of ['/_history/1', '/_history/1/$receipt'])
        expect([below, (await node.send('GET', `Observation/${id}${below}`)).status]).toEqual([below, 404]);
      for (const path of [`Observation/${id}/_history`, 'Observation/_history?_count=100'])
        expect((await node.send('GET', path)).text).not.toContain('in private');
      // The labelled version itself goes on being shown in part, unless the deletion carries its labels.
      const between = await node.send('GET', `Observation/${id}/_history/2`);
      const shown = id === 'part-deleted' ? 404 : 200;
      expect([between.status, between.text.includes('in private')]).toEqual([shown, false]);
      expect((await node.send('GET', `Observation/${id}/_history/2/$receipt`)).text).not.toContain(
        'contentSalt',
      );
    },
  );

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

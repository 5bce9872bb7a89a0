import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { handleFor } from './locator.ts';
import { parseRecord } from './record-frame.ts';
import {
  consentFor,
  Device,
  ExchangeNetwork,
  type Grant,
  type MemberNode,
  permitting,
} from './suite/index.ts';

const TYPES = 'http://hl7.org/fhir/resource-types';

let network: ExchangeNetwork;
let hospital: MemberNode;
let observations: Grant;
beforeAll(async () => {
  network = await ExchangeNetwork.start('st-mary', 'lakeside');
  hospital = network.node('st-mary');
  await hospital.put({ resourceType: 'Patient', id: 'p' });
  const subject = { reference: 'Patient/p' };
  const code = { text: 'headache' };
  await hospital.put({ resourceType: 'Observation', id: 'seen', status: 'final', code, subject });
  await hospital.put({ resourceType: 'Condition', id: 'had', code, subject });
  const device = new Device(network);
  await device.enrol(hospital, 'p');
  const grant = (type: string) =>
    device.grant(
      hospital,
      'p',
      consentFor('p', permitting('lakeside', { class: [{ system: TYPES, code: type }] })),
    );
  observations = await grant('Observation');
  await grant('Condition');
  await hospital.caughtUp();
  await network.publish();
}, 120_000);
afterAll(() => network?.stop());

test('the handle of one grant opens what that grant permits, and nothing that another one permits', async () => {
  const handle = handleFor(hospital.source.handleKey, observations.id, 'lakeside');
  const question = { consent: observations.id, handle, purposes: ['TREAT'] };
  const text = await ask(network.node('lakeside').asker, network.member('st-mary'), 'record', question);
  const urls = parseRecord(text).records.map(({ fullUrl }) => fullUrl.split('/fhir/')[1]);
  expect(urls).toEqual(['Observation/seen']);
});

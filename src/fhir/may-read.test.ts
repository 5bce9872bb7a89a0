import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayRead } from './index.ts';
import { FhirNode, observation, patient } from './suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) {
    await node.put(patient(id));
    await node.put(observation(`${id}-1`, id, '1'));
  }
});
afterAll(() => node?.stop());

/** Software that a patient let at their record: no person, one patient in context. */
const app = { sub: 'app', client_id: 'app', patient: 'anna', scope: 'patient/*.rs' };

test('what may be shown in a redacted form only may not be read whole', async () => {
  const { services, vault } = node;
  await node.send('GET', 'Observation/anna-1');
  const [single] = await node.auditEvents();
  await node.send('GET', 'Observation?code=1&_count=50');
  const [several] = await node.auditEvents();
  const readable = async (id = '', claims = {}) => {
    const principal = await services.authenticate(await node.bearer(claims));
    const stored = await vault.read('AuditEvent', id);
    return stored === undefined ? undefined : mayRead(services, principal, stored);
  };
  expect([await readable(single?.id, app), await readable(several?.id, app)]).toEqual([true, false]);
  expect([await readable(single?.id), await readable(several?.id)]).toEqual([true, true]);
});

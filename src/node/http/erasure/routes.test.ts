import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mayAdminister } from '../../../fhir/index.ts';
import { type Claims, denial, FhirNode, observation, patient } from '../../../fhir/suite/index.ts';
import type { RecordedEvent } from '../../../identity/index.ts';
import { erasureRoutes } from './routes.ts';

const START_MS = 60_000; // two key derivations and a ledger's worth of files, beside other suites

let node: FhirNode;
let app: FastifyInstance;
const recorded: RecordedEvent[] = [];
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  await node.put(patient('bert'));
  await node.put(observation('b1', 'bert', '8302-2'));
  app = Fastify();
  const { services, vault } = node;
  await app.register(erasureRoutes, {
    services: {
      vault,
      authenticator: { authenticate: services.authenticate },
      recorder: { record: async (event) => void recorded.push(event) },
      enrolment: { forgetPatient: () => 0 },
      evidence: async () => [],
      proofs: { proofFor: async () => undefined },
      mayAdminister: (principal, administered) => mayAdminister(services, principal, administered),
    },
  });
}, START_MS);
afterAll(async () => {
  await app?.close();
  await node?.stop();
});
beforeEach(() => {
  node.consent('anna');
  node.consent('bert', denial());
  recorded.length = 0;
});

const ask = async (path: string, payload: object, as: Claims = {}) => {
  const authorization = await node.bearer(as);
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: path,
    headers: { authorization },
    payload,
  });
  return { status: statusCode, body };
};
const reason = { reason: 'subject-request' };
/** Reads for a purpose that no consent here speaks of. */
const stands = async (path: string) =>
  (await node.send('GET', path, { as: { purpose_of_use: ['HOPERAT'] } })).status;

test('what the decision denies is erased by nobody, as if it were not there', async () => {
  const denied = await ask('/patients/bert/erasure', reason);
  expect([denied.status, denied.body]).toEqual([404, (await ask('/patients/nobody/erasure', reason)).body]);
  expect([await stands('Patient/bert'), await stands('Observation/b1')]).toEqual([200, 200]);
  expect(recorded.flatMap(({ patients }) => patients)).toEqual([]);
});

test('what the decision denies is neither erased by itself, merged nor taken apart', async () => {
  const denied = await Promise.all([
    ask('/records/Observation/b1/erasure', reason),
    ask('/patients/bert/merge', { into: 'anna' }),
    ask('/patients/anna/merge', { into: 'bert' }),
    ask('/patients/bert/unmerge', {}),
  ]);
  expect(denied.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(new Set(denied.map(({ body }) => body)).size).toBe(1);
  expect([await stands('Patient/bert'), await stands('Observation/b1')]).toEqual([200, 200]);
});

test('a patient erases nobody, whatever scopes their token has', async () => {
  node.consent('bert');
  for (const scope of ['user/*.cruds', 'system/*.cruds']) {
    const as = { sub: 'Patient/anna', fhirUser: 'Patient/anna', patient: 'anna', scope };
    for (const path of ['/patients/bert/erasure', '/patients/anna/erasure'])
      expect([path, (await ask(path, reason, as)).status]).toEqual([path, 403]);
  }
  expect(await stands('Patient/bert')).toBe(200);
});

test('what the decision permits is erased', async () => {
  node.consent('bert');
  const answer = await ask('/patients/bert/erasure', reason);
  expect([answer.status, await stands('Patient/bert')]).toEqual([200, 404]);
});

test('who was erased, and the proof of it, is for the privacy officer', async () => {
  const scope = 'user/AuditEvent.rus';
  const get = async (path: string, as: Claims = {}) => {
    const headers = { authorization: await node.bearer(as) };
    const { statusCode, body } = await app.inject({ method: 'GET', url: path, headers });
    return { status: statusCode, body: JSON.parse(body) };
  };
  const { body } = await get('/erasures', { scope });
  const [{ event }] = body.erasures;
  expect([body.erasures.length, body.next]).toEqual([1, undefined]);
  expect((await get(`/erasures/${event}/proof`, { scope })).body.code).toBe('busy');
  for (const staff of [{}, { scope: 'user/*.cruds' }, { scope: 'system/AuditEvent.rs' }])
    for (const path of ['/erasures', `/erasures/${event}/proof`])
      expect([path, (await get(path, staff)).status]).toEqual([path, 403]);
  expect((await get('/erasures?cursor=100', { scope })).body).toEqual({ erasures: [] });
  expect((await get('/erasures?cursor=mine', { scope })).status).toBe(400);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { canonicalize } from '../proof/index.ts';
import { fhirConsentPath } from './index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

/** Grants of one patient that may be under way. */
const BOUND = 20;
/** Those that permit nothing. */
const DENIALS = 100;

let network: ConsentNetwork;
let node: ConsentNode;
let jane: TestPatient;
let john: TestPatient;
beforeEach(async () => {
  network = await ConsentNetwork.begun();
  node = await ConsentNode.start(network, 'st-mary');
  jane = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
  john = new TestPatient(network, 'st-mary', 'john', randomBytes(32));
  await node.patient('jane', jane.seed);
  await node.patient('john', john.seed);
});
afterEach(async () => {
  await node.end();
  network.end();
});

const consentOf = (id: string) => consentResource(id, { type: 'permit', ...forOrganisations('lakeside') });
const grantBody = (who: TestPatient, of: string, id = randomId()) =>
  who.grant(id, 1, consentOf(of), Buffer.alloc(32, 1));
const post = async (body: object, bearer: string) => {
  const { status, body: said } = await node.request('POST', '/consents', body, bearer);
  return status === 202 ? '202' : `${status} ${said.code ?? said.status}`;
};
const send = async (who: TestPatient, of: string, id?: string) =>
  post(grantBody(who, of, id), await node.patientToken(of));
const underWay = () => node.consents.register.steps.all().filter(({ name }) => name === 'grant').length;

test('one client’s recording uses up its own places and nobody else’s: not the patient’s, not another client’s', async () => {
  node.ledgerIsAway = true;
  const record = (actor: string) =>
    fhirConsentPath(node.consents)
      .put({ id: randomId(), text: canonicalize(consentOf('jane')), actor })
      .catch(({ code }) => code);
  const recorded = await Promise.all(Array.from({ length: BOUND + 2 }, () => record('a-client')));
  expect(recorded.filter((code) => code === 'too-many-grants')).toHaveLength(2);
  expect(await record('another')).toBe('unknown-outcome');
  const client = await node.token({ sub: 'a-client', client_id: 'a-client' });
  expect(await post(grantBody(jane, 'jane'), client)).toBe('429 too-many-grants');
  for (let n = 0; n < BOUND; n += 1) expect(await send(jane, 'jane')).toBe('202');
  expect(await send(jane, 'jane')).toBe('429 too-many-grants');
  await node.restart();
  expect(await record('a-client')).toBe('too-many-grants');
  expect(await record('another')).toBe('unknown-outcome');
});

test('what denies has places of its own, and more, through a restart; a patient who fills them may still revoke', async () => {
  const id = randomId();
  const patient = await node.patientToken('jane');
  expect(await send(jane, 'jane', id)).toBe('201 active');
  node.ledgerIsAway = true;
  const denial = (salt: number) => {
    const consent = consentResource('jane', { type: 'deny', ...forOrganisations('lakeside') });
    return post(jane.grant(randomId(), 1, consent, Buffer.alloc(32, salt)), patient);
  };
  for (let n = 0; n < BOUND; n += 1) expect(await send(jane, 'jane')).toBe('202');
  expect(await send(jane, 'jane')).toBe('429 too-many-grants');
  const denied = await Promise.all(Array.from({ length: DENIALS + 3 }, (_, n) => denial(n)));
  expect(denied.filter((answer) => answer !== '202')).toEqual(Array(3).fill('429 too-many-grants'));
  await node.restart();
  expect([await denial(200), await send(jane, 'jane')]).toEqual(Array(2).fill('429 too-many-grants'));
  expect((await node.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2))).status).toBe(202);
});

test('a patient has 20 grants under way at most, however many come at once, and others as many', async () => {
  node.ledgerIsAway = true;
  const many = await Promise.all(Array.from({ length: BOUND + 5 }, () => send(jane, 'jane')));
  const refused = many.filter((answer) => answer !== '202');
  expect(refused).toEqual(Array(5).fill('429 too-many-grants'));
  expect(underWay()).toBe(BOUND);
  expect(await send(john, 'john')).toBe('202');
  expect(underWay()).toBe(BOUND + 1);
});

test('revocations are neither counted nor refused, and a grant under way may be said again', async () => {
  const before = Array.from({ length: 3 }, randomId);
  for (const id of before) expect(await send(jane, 'jane', id)).toBe('201 active');
  node.ledgerIsAway = true;
  const waiting = Array.from({ length: BOUND }, randomId);
  const [first = '', ...others] = waiting;
  const revoke = async (id: string) =>
    (await node.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2))).status;
  expect(await revoke(before[0] ?? '')).toBe(202);
  for (const id of waiting) expect(await send(jane, 'jane', id)).toBe('202');
  expect(await send(jane, 'jane')).toBe('429 too-many-grants');
  expect(await send(jane, 'jane', others[0])).toBe('202');
  for (const id of [before[1] ?? '', first]) expect(await revoke(id)).toBe(202);
  const active = node.consents.register.consentsOf('jane').filter(({ status }) => status === 'active');
  expect(active.map(({ id }) => id)).toEqual([before[2]]);
});

test('what was left pending counts after a restart, and no more once the ledger has it', async () => {
  node.ledgerIsAway = true;
  for (let n = 0; n < BOUND; n += 1) await send(jane, 'jane');
  await node.restart();
  expect(await send(jane, 'jane')).toBe('429 too-many-grants');
  node.ledgerIsAway = false;
  await node.consents.finality.retry();
  expect(underWay()).toBe(0);
  expect(await send(jane, 'jane')).toBe('201 active');
});

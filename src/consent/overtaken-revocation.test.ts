import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

let network: ConsentNetwork;
let custodian: ConsentNode;
let clinic: ConsentNode;
let jane: TestPatient;
beforeEach(async () => {
  network = await ConsentNetwork.begun();
  [custodian, clinic] = await Promise.all([
    ConsentNode.start(network, 'st-mary'),
    ConsentNode.start(network, 'lakeside'),
  ]);
  jane = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
  await custodian.patient('jane', jane.seed);
});
afterEach(async () => {
  await Promise.all([custodian.end(), clinic.end()]);
  network.end();
});

const grant = async (id: string, sequence: number) => {
  const consent = consentResource('jane', { type: 'permit', ...forOrganisations('lakeside', 'meridian') });
  const body = jane.grant(id, sequence, consent, Buffer.alloc(32, sequence));
  const { status } = await custodian.request('POST', '/consents', body, await custodian.patientToken('jane'));
  expect(status).toBe(201);
};
const revoke = (node: ConsentNode, id: string, sequence: number) =>
  node.request('POST', `/consents/${id}/revoke`, jane.revoke(id, sequence));
/** As a node takes it: what it denies by, and what it has on its way. */
const at = ({ consents: { register } }: ConsentNode, id: string) => ({
  denies: register.onLedger(id)?.status === 'revoked',
  pending: register.pendingDenials.length,
});

/** A revocation that was accepted at the clinic while it could not reach the ledger, and a replacement that the ledger took meanwhile. */
async function overtaken(): Promise<string> {
  const id = randomId();
  await grant(id, 1);
  await expect.poll(() => clinic.consents.register.onLedger(id)?.status).toBe('active');
  clinic.ledgerIsAway = true;
  expect(await revoke(clinic, id, 2)).toMatchObject({ status: 202, body: { status: 'pending' } });
  await grant(id, 2);
  clinic.ledgerIsAway = false;
  await clinic.consents.finality.retry();
  return id;
}

test('a revocation that a replacement overtook denies on where it was taken, through a restart, and is never said to be done', async () => {
  const id = await overtaken();
  expect((await network.consent(id))?.state).toMatchObject({ status: 'active', sequence: 2 });
  expect(at(clinic, id)).toEqual({ denies: true, pending: 1 });
  await clinic.restart();
  expect(at(clinic, id)).toEqual({ denies: true, pending: 1 });
  expect(at(custodian, id)).toEqual({ denies: false, pending: 0 });
});

test('whoever asks again is told at once which sequence to sign, and that one ends it everywhere', async () => {
  const id = await overtaken();
  const answer = await revoke(clinic, id, 2);
  expect(answer).toMatchObject({ status: 409, body: { code: 'sequence-conflict', nextSequence: 3 } });
  expect(await revoke(clinic, id, answer.body.nextSequence)).toMatchObject({
    status: 200,
    body: { sequence: 3, status: 'revoked' },
  });
  await expect.poll(() => at(custodian, id)).toEqual({ denies: true, pending: 0 });
  await clinic.consents.finality.retry();
  expect(at(clinic, id)).toEqual({ denies: true, pending: 0 });
});

test('an old signature over a sequence that a replacement took denies nothing, and keeps no later replacement out', async () => {
  const id = randomId();
  for (const sequence of [1, 2]) await grant(id, sequence);
  const late = await revoke(custodian, id, 2);
  expect(late).toMatchObject({ status: 409, body: { code: 'sequence-conflict', nextSequence: 3 } });
  expect(at(custodian, id)).toEqual({ denies: false, pending: 0 });
  await grant(id, 3);
});

test('the sequence to sign is said to whoever was further behind, and nobody else learns it', async () => {
  const id = randomId();
  for (const sequence of [1, 2, 3]) await grant(id, sequence);
  const late = await revoke(clinic, id, 2);
  expect(late).toMatchObject({ status: 409, body: { code: 'sequence-conflict', nextSequence: 4 } });
  const forged = { ...jane.revoke(id, 2), sequence: 3 };
  const refused = await clinic.request('POST', `/consents/${id}/revoke`, forged);
  expect(refused).toMatchObject({ status: 403, body: { code: 'signature-invalid' } });
  expect(refused.body).not.toHaveProperty('nextSequence');
  const body = jane.grant(id, 7, consentResource('jane', { type: 'permit' }), Buffer.alloc(32));
  const ahead = await custodian.request('POST', '/consents', body, await custodian.patientToken('jane'));
  expect(ahead).toMatchObject({ status: 409, body: { code: 'sequence-conflict', nextSequence: 4 } });
});

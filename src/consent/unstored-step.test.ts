import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { canonicalize } from '../proof/index.ts';
import { Finality } from './finality.ts';
import { finishStep } from './finish-step.ts';
import { fhirConsentPath } from './index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

let network: ConsentNetwork;
let node: ConsentNode;
let jane: TestPatient;
let bearer: string;
beforeEach(async () => {
  network = await ConsentNetwork.begun();
  node = await ConsentNode.start(network, 'st-mary');
  jane = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
  await node.patient('jane', jane.seed);
  bearer = await node.patientToken('jane');
});
afterEach(async () => {
  await node.end();
  network.end();
});

const consentFor = (organisation: string) =>
  consentResource('jane', { type: 'permit', ...forOrganisations(organisation) });
const grant = (id: string, sequence: number, organisation: string) =>
  node.request(
    'POST',
    '/consents',
    jane.grant(id, sequence, consentFor(organisation), Buffer.alloc(32, sequence)),
    bearer,
  );
const revoke = (id: string, sequence: number) =>
  node.request('POST', `/consents/${id}/revoke`, jane.revoke(id, sequence));
const statuses = () => node.consents.register.consentsOf('jane').map(({ id, status }) => [id, status]);
const onLedger = async (id: string) => (await network.consent(id))?.state;
const diskIsFull = (isFull: boolean) => {
  node.beforeWrite = (what) => {
    if (isFull && what === 'transact') throw new Error('the disk is full');
  };
};

/** A consent whose replacement the ledger has, and which the full disk cannot take. */
async function replacedOnFullDisk(): Promise<string> {
  const id = randomId();
  await grant(id, 1, 'lakeside');
  diskIsFull(true);
  expect((await grant(id, 2, 'meridian')).status).toBe(202);
  expect(await onLedger(id)).toMatchObject({ status: 'active', sequence: 2 });
  return id;
}

/** What each stored version says: its status and for whom it is. */
async function history(id: string): Promise<string[]> {
  const said: string[] = [];
  for (let version = 1; ; version += 1) {
    const text = (await node.vault.read('Consent', id, version))?.text;
    if (text === undefined) return said;
    const { status, provision } = JSON.parse(text);
    said.push(`${status} ${provision.actor[0].reference.identifier.value}`);
  }
}

const ENDED = ['active lakeside', 'active meridian', 'inactive meridian'];

test('a revocation behind a replacement that cannot be stored here reaches the ledger, and both are stored in their order', async () => {
  const id = await replacedOnFullDisk();
  expect((await revoke(id, 3)).status).toBe(202);
  expect(await onLedger(id)).toMatchObject({ status: 'revoked', sequence: 3 });
  expect(statuses()).toEqual([]);
  expect(await history(id)).toEqual(['active lakeside']);
  diskIsFull(false);
  await node.consents.finality.retry();
  expect(await history(id)).toEqual(ENDED);
  expect(node.consents.register.steps.all()).toEqual([]);
  expect(await revoke(id, 3)).toMatchObject({ status: 200, body: { status: 'revoked' } });
});

test('they are stored in their order after a restart, and although the disk was full again meanwhile', async () => {
  const id = await replacedOnFullDisk();
  await revoke(id, 3);
  diskIsFull(false);
  let writes = 0;
  // There is room for the revocation's version, and none for the replacement's, which comes before it.
  node.beforeWrite = (what) => {
    if (what === 'transact' && ++writes === 1) throw new Error('the disk is full');
  };
  await node.restart();
  await node.consents.finality.retry();
  await node.consents.finality.retry();
  expect(await history(id)).toEqual(ENDED);
  expect([statuses(), node.consents.register.steps.all()]).toEqual([[], []]);
});

test('a revocation for a reason of the custodian’s, and one through FHIR, reach the ledger as well', async () => {
  const staff = await node.token({});
  const ofJane = await replacedOnFullDisk();
  const reason = { sequence: 3, reason: 'court-order' };
  expect((await node.request('POST', `/consents/${ofJane}/revoke`, reason, staff)).status).toBe(202);
  expect(await onLedger(ofJane)).toMatchObject({ status: 'revoked', sequence: 3 });

  diskIsFull(false);
  const recorded = randomId();
  const path = fhirConsentPath(node.consents);
  const put = (organisation: string, status = 'active') =>
    path.put({
      id: recorded,
      text: canonicalize({ ...consentFor(organisation), status }),
      actor: 'dr-weber',
    });
  await put('lakeside');
  diskIsFull(true);
  await expect(put('meridian')).rejects.toMatchObject({ code: 'unknown-outcome' });
  await expect(put('meridian', 'inactive')).rejects.toMatchObject({ code: 'unknown-outcome' });
  expect(await onLedger(recorded)).toMatchObject({ status: 'revoked', sequence: 3 });

  diskIsFull(false);
  await node.consents.finality.retry();
  for (const id of [ofJane, recorded]) expect(await history(id)).toEqual(ENDED);
});

test('an attempt that was overtaken stores nothing after what the ledger has after it', async () => {
  const id = randomId();
  await grant(id, 1, 'lakeside');
  node.ledgerIsAway = true;
  await grant(id, 2, 'meridian');
  const ledger = network.ledger('st-mary');
  const isHeld = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const { register } = node.consents;
  // The first attempt's answer is late; the request has gone long before, and the consent's turn with it.
  const slow = new Finality({
    register,
    submit: async ({ urgency: _urgency, ...transaction }) => {
      const committed = await ledger.submit(transaction);
      isHeld.resolve();
      await released.promise;
      return committed;
    },
    reached: async () => true,
    finished: (step) =>
      finishStep(
        {
          ...node.consents,
          anchorNow: async () => undefined,
          onFault: () => undefined,
          now: () => new Date(),
        },
        step,
      ),
    now: () => new Date(),
    onFault: () => undefined,
    waitMs: 10,
  });
  const late = slow.retry();
  await isHeld.promise;
  node.ledgerIsAway = false;
  expect((await revoke(id, 3)).status).toBe(200);
  released.resolve();
  await late;
  slow.stop();
  expect(await history(id)).toEqual(ENDED);
  expect(statuses()).toEqual([]);
});

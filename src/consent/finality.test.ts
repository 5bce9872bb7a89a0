import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode, TestPatient } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';

describe('a step of a consent', () => {
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

  const consent = consentResource('jane', { type: 'permit', ...forOrganisations('lakeside') });
  const grant = (id: string, sequence = 1) =>
    node.request('POST', '/consents', jane.grant(id, sequence, consent, Buffer.alloc(32, sequence)), bearer);
  const revoke = (id: string, sequence = 2) =>
    node.request('POST', `/consents/${id}/revoke`, jane.revoke(id, sequence));
  const statuses = () => node.consents.register.consentsOf('jane').map(({ id, status }) => [id, status]);
  const finish = async () => {
    node.ledgerIsAway = false;
    await node.consents.finality.retry();
  };

  test('a revocation denies here although the ledger is away, through a restart, until it is final', async () => {
    const id = randomId();
    await grant(id);
    expect(statuses()).toEqual([[id, 'active']]);
    node.ledgerIsAway = true;
    expect(await revoke(id)).toMatchObject({ status: 202, body: { id, sequence: 2, status: 'pending' } });
    expect(statuses()).toEqual([[id, 'revoking']]);
    expect(node.consents.register.pendingDenials).toEqual([id]);
    expect(node.consents.register.onLedger(id)?.status).toBe('revoked');
    const { consents } = (await node.request('GET', '/consents?patient=jane', undefined, bearer)).body;
    expect(consents).toMatchObject([{ id, status: 'pending' }]);
    await node.restart();
    expect(statuses()).toEqual([[id, 'revoking']]);
    expect((await network.consent(id))?.state.status).toBe('active');
    await finish();
    expect((await network.consent(id))?.state.status).toBe('revoked');
    expect([statuses(), node.consents.register.pendingDenials]).toEqual([[], []]);
    expect((await node.vault.head('Consent', id))?.version).toBe(2);
  });

  test('nothing comes before a revocation that is on its way', async () => {
    const id = randomId();
    await grant(id);
    node.ledgerIsAway = true;
    await revoke(id);
    expect((await grant(id, 2)).body.code).toBe('consent-revoked');
    expect(
      (
        await node.request(
          'POST',
          `/consents/${id}/rebind`,
          jane.key('rebind', id, 2, Buffer.alloc(32, 7).toString('base64')),
        )
      ).body.code,
    ).toBe('consent-revoked');
    await node.restart();
    bearer = await node.patientToken('jane');
    expect(await revoke(id)).toMatchObject({ status: 202 });
    await finish();
    expect(await revoke(id)).toMatchObject({ status: 200, body: { status: 'revoked' } });
  });

  test('a grant permits nothing while the ledger is away, and what it says afterwards', async () => {
    const id = randomId();
    node.ledgerIsAway = true;
    expect(await grant(id)).toMatchObject({ status: 202, body: { id, sequence: 1, status: 'pending' } });
    expect(statuses()).toEqual([]);
    expect(await node.vault.head('Consent', id)).toBeUndefined();
    await node.restart();
    expect(statuses()).toEqual([]);
    await finish();
    expect(statuses()).toEqual([[id, 'active']]);
    expect((await node.vault.head('Consent', id))?.version).toBe(1);
  });

  test('another grant under the same sequence is refused while the first is on its way', async () => {
    const id = randomId();
    node.ledgerIsAway = true;
    await grant(id);
    const other = jane.grant(id, 1, consent, randomBytes(32));
    expect((await node.request('POST', '/consents', other, bearer)).body.code).toBe('sequence-conflict');
    expect((await grant(id)).status).toBe(202);
    await finish();
    expect(statuses()).toEqual([[id, 'active']]);
  });

  test('a grant can be revoked before the ledger has it, and never permits', async () => {
    const id = randomId();
    node.ledgerIsAway = true;
    await grant(id);
    expect((await revoke(id)).status).toBe(202);
    await finish();
    expect((await network.consent(id))?.state).toMatchObject({ status: 'revoked', sequence: 2 });
    expect(statuses()).toEqual([]);
  });

  test('a pending step that the ledger refuses for good is dropped, and the consent stands as the ledger has it', async () => {
    const id = randomId();
    await grant(id);
    node.ledgerIsAway = true;
    await node.request(
      'POST',
      `/consents/${id}/revoke`,
      { sequence: 2, reason: 'age-out' },
      await node.token({}),
    );
    expect(statuses()).toEqual([[id, 'revoking']]);
    const { publicKey } = { publicKey: Buffer.alloc(32, 9).toString('base64') };
    await network.submit('aurora', 'rebind', { id, ...jane.key('rebind', id, 2, publicKey) });
    await finish();
    expect(statuses()).toEqual([[id, 'active']]);
    expect(node.consents.register.steps.all()).toEqual([]);
  });

  describe('that is cut off at any write is finished or as if never asked', () => {
    const points = ['commit', 'submitted', 'transact'] as const;

    test.each(points)('a grant, at %s', async (point) => {
      const id = randomId();
      node.beforeWrite = (what) => {
        if (what === point) throw new Error('cut off');
      };
      expect((await grant(id)).status).toBe(point === 'transact' ? 202 : 500);
      node.beforeWrite = () => undefined;
      await node.restart();
      await node.consents.finality.retry();
      const isOnLedger = (await network.consent(id)) !== null;
      expect(isOnLedger).toBe(point !== 'commit');
      expect(statuses()).toEqual(isOnLedger ? [[id, 'active']] : []);
      expect((await node.vault.head('Consent', id))?.version).toBe(isOnLedger ? 1 : undefined);
      bearer = await node.patientToken('jane');
      expect((await grant(id)).status).toBe(201);
      expect((await node.vault.head('Consent', id))?.version).toBe(1);
    });

    test.each(points.slice(1))('a revocation, at %s', async (point) => {
      const id = randomId();
      await grant(id);
      node.beforeWrite = (what) => {
        if (what === point) throw new Error('cut off');
      };
      expect((await revoke(id)).status).toBe(point === 'transact' ? 202 : 500);
      expect(statuses().filter(([, status]) => status === 'active')).toEqual([]);
      node.beforeWrite = () => undefined;
      await node.restart();
      await node.consents.finality.retry();
      expect((await network.consent(id))?.state.status).toBe('revoked');
      expect(statuses()).toEqual([]);
      expect((await node.vault.head('Consent', id))?.version).toBe(2);
    });
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { type Committed, LedgerError, type LedgerErrorCode, type Transaction } from '../ledger/index.ts';
import { derivePatientKey, toBase64 } from '../proof/index.ts';
import { Finality } from './finality.ts';
import { ConsentNetwork, signStep } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

const OTHER_KEY = Buffer.alloc(32, 9).toString('base64');

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
    expect((await grant(id, 2)).status).toBe(202);
    await network.submit('aurora', 'rebind', { id, ...jane.key('rebind', id, 2, OTHER_KEY) });
    await finish();
    expect(statuses()).toEqual([[id, 'active']]);
    expect(node.consents.register.steps.all()).toEqual([]);
    expect((await network.consent(id))?.state).toMatchObject({ sequence: 2, subjectKey: OTHER_KEY });
  });

  describe('that is a revocation for a reason of the custodian’s', () => {
    const forReason = async (id: string) =>
      node.request(
        'POST',
        `/consents/${id}/revoke`,
        { sequence: 2, reason: 'court-order' },
        await node.token({}),
      );

    test('comes after a replacement that waited before it, and denies all the while', async () => {
      const id = randomId();
      await grant(id);
      node.ledgerIsAway = true;
      expect((await grant(id, 2)).status).toBe(202);
      expect((await forReason(id)).status).toBe(202);
      const seen: unknown[] = [];
      node.beforeWrite = () => seen.push(...statuses());
      await finish();
      await expect
        .poll(async () => (await network.consent(id))?.state)
        .toMatchObject({
          status: 'revoked',
          sequence: 3,
        });
      await finish();
      expect(seen).not.toContainEqual([id, 'active']);
      expect([statuses(), node.consents.register.steps.all()]).toEqual([[], []]);
    });

    test('comes after a change of key, through a restart', async () => {
      const id = randomId();
      await grant(id);
      node.ledgerIsAway = true;
      expect((await forReason(id)).status).toBe(202);
      await network.submit('aurora', 'rebind', { id, ...jane.key('rebind', id, 2, OTHER_KEY) });
      await node.restart();
      expect(statuses()).toEqual([[id, 'revoking']]);
      await finish();
      expect((await network.consent(id))?.state).toMatchObject({ status: 'revoked', sequence: 3 });
      expect([statuses(), node.consents.register.steps.all()]).toEqual([[], []]);
    });
  });

  /** Finality as the node has it, over a ledger that answers as a test wants. */
  const over = (submit: (transaction: Transaction) => Promise<Committed>) => {
    const faults: unknown[] = [];
    const finality = new Finality({
      register: node.consents.register,
      submit,
      reached: async () => true,
      finished: async () => undefined,
      now: () => new Date(),
      onFault: (error) => faults.push(error),
      waitMs: 200,
    });
    return { finality, faults };
  };
  const answered = (code: LedgerErrorCode, reason: string) =>
    over(() => Promise.reject(new LedgerError(code, 'it is said', { reason })));

  test.each([
    ['conflict', 'sequence'],
    ['rejected', 'signature'],
    ['rejected', 'unknown-consent'],
    ['rejected', 'revoked'],
  ] as const)(
    'a revocation that the patient signed stays and denies although it is said %s %s',
    async (code, reason) => {
      const id = randomId();
      await grant(id);
      const { finality, faults } = answered(code, reason);
      const args = { id, ...jane.revoke(id, 2) };
      const step = { id, sequence: 2, name: 'revoke', args, actor: 'patient-key' } as const;
      await expect(finality.settle(step)).rejects.toThrow(/refused/);
      const denied = () => [statuses(), node.consents.register.pendingDenials];
      expect(denied()).toEqual([[[id, 'revoking']], [id]]);
      await finality.retry();
      finality.stop();
      expect(denied()).toEqual([[[id, 'revoking']], [id]]);
      // Told once, not with every attempt.
      expect(faults).toMatchObject([{ cause: { reason } }]);
      await node.restart();
      await node.consents.finality.retry();
      expect(denied()).toEqual([[], []]);
      expect((await network.consent(id))?.state.status).toBe('revoked');
    },
  );

  test('a revocation that a change of key has overtaken denies on, until one by the new key is final', async () => {
    const id = randomId();
    await grant(id);
    node.ledgerIsAway = true;
    await revoke(id);
    const of = { ledger: network.id, organisation: 'st-mary', use: 'another', generation: 0 };
    const { privateKey, publicKey } = derivePatientKey(jane.seed, of);
    await network.submit('aurora', 'rebind', { id, ...jane.key('rebind', id, 2, toBase64(publicKey)) });
    await finish();
    expect(statuses()).toEqual([[id, 'revoking']]);
    expect(node.consents.register.pendingDenials).toEqual([id]);
    const said = { action: 'revoke', custodian: 'st-mary', id, ledger: network.id, sequence: 3 } as const;
    const again = { sequence: 3, signature: signStep(privateKey, said) };
    const answer = await node.request('POST', `/consents/${id}/revoke`, again);
    expect(answer).toMatchObject({ status: 200, body: { status: 'revoked' } });
    await finish();
    expect([statuses(), node.consents.register.steps.all()]).toEqual([[], []]);
  });

  test('a revocation that is final denies on until this node has seen its block', async () => {
    const id = randomId();
    await grant(id);
    const { finality } = over(async () => ({ transaction: 'a', height: 9, block: 'b', duplicate: false }));
    const args = { id, ...jane.revoke(id, 2) };
    expect(await finality.settle({ id, sequence: 2, name: 'revoke', args, actor: 'x' })).toBeDefined();
    finality.stop();
    expect(statuses()).toEqual([[id, 'revoking']]);
    await finish();
    expect([statuses(), node.consents.register.steps.all()]).toEqual([[], []]);
  });

  test('a revocation denies and is answered although another step of the consent waits for the ledger, and hurries what is before it', async () => {
    const id = randomId();
    await grant(id);
    node.ledgerIsAway = true;
    expect((await grant(id, 2)).status).toBe(202);
    const submitted: (readonly [string, string | undefined])[] = [];
    const { finality } = over(({ name, urgency }) => {
      submitted.push([name, urgency]);
      return new Promise(() => undefined);
    });
    // The replacement is under way, and the ledger does not answer.
    void finality.retry();
    await expect.poll(() => submitted).toEqual([['replace', undefined]]);
    const args = { id, ...jane.revoke(id, 3) };
    const answered = finality.revoke({ id, sequence: 3, name: 'revoke', args, actor: 'patient-key' });
    expect(statuses()).toEqual([[id, 'revoking']]);
    expect(node.consents.register.pendingDenials).toEqual([id]);
    expect(await answered).toBeUndefined();
    const { finality: restarted } = over(({ name, urgency }) => {
      submitted.push([name, urgency]);
      return Promise.reject(new LedgerError('unavailable', 'it is away'));
    });
    await restarted.retry();
    for (const each of [finality, restarted]) each.stop();
    expect(submitted.slice(1)).toEqual([
      ['replace', 'revocation'],
      ['replace', 'revocation'],
    ]);
  });

  test('revocations are submitted before whatever else is pending, and do not wait for each other', async () => {
    const ids = Array.from({ length: 6 }, randomId).sort();
    const revoked = ids.slice(4);
    for (const id of revoked) await grant(id);
    node.ledgerIsAway = true;
    for (const id of ids.slice(0, 4)) await grant(id);
    for (const id of revoked) await revoke(id);
    const submitted: string[] = [];
    const { finality } = over(({ name }) => {
      submitted.push(name);
      return new Promise(() => undefined);
    });
    void finality.retry();
    await expect.poll(() => submitted).toEqual(['revoke', 'revoke']);
    finality.stop();
  });

  test('a grant that others outran is tried again', async () => {
    const id = randomId();
    node.ledgerIsAway = true;
    await grant(id);
    const { finality } = answered('conflict', 'contended');
    await finality.retry();
    finality.stop();
    await finish();
    expect(statuses()).toEqual([[id, 'active']]);
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

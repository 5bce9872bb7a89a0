import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { type Committed, LedgerError, type Transaction } from '../ledger/index.ts';
import { canonicalize, type JsonObject } from '../proof/index.ts';
import { Finality } from './finality.ts';
import { ConsentError, type FhirConsentPath, fhirConsentPath } from './index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

describe('a Consent that the custodian records through FHIR', () => {
  let network: ConsentNetwork;
  let node: ConsentNode;
  let path: FhirConsentPath;
  let jane: TestPatient;

  beforeAll(async () => {
    network = await ConsentNetwork.begun();
    node = await ConsentNode.start(network, 'st-mary');
    jane = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
    await node.patient('jane', jane.seed);
    path = fhirConsentPath(node.consents);
  });
  afterAll(async () => {
    await node.end();
    network.end();
  });
  beforeEach(() => {
    node.ledgerIsAway = false;
  });

  const permit = (...organisations: string[]) =>
    consentResource('jane', { type: 'permit', ...forOrganisations(...organisations) });
  const put = (id: string, resource: JsonObject, expectedVersion?: number) =>
    path.put({
      id,
      text: canonicalize(resource),
      actor: 'dr-weber',
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    });
  const refusal = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConsentError)) throw error ?? new Error('it was not refused');
    return error.code;
  };
  const active = () => node.consents.register.consentsOf('jane').map(({ id }) => id);
  const stateOf = async (id: string) => (await network.consent(id))?.state;

  test('never touches what a patient signed', async () => {
    const id = randomId();
    await node.request(
      'POST',
      '/consents',
      jane.grant(id, 1, permit('lakeside'), randomBytes(32)),
      await node.patientToken('jane'),
    );
    expect(await refusal(put(id, permit('lakeside', 'meridian')))).toBe('consent-patient-signed');
    expect(await refusal(put(id, { ...permit('lakeside'), status: 'inactive' }))).toBe(
      'consent-patient-signed',
    );
    expect(await refusal(path.remove({ id, actor: 'dr-weber' }))).toBe('consent-patient-signed');
    expect(await stateOf(id)).toMatchObject({ status: 'active', sequence: 1 });
    expect((await node.vault.head('Consent', id))?.version).toBe(1);
  });

  test('is refused with another id than a consent has, and with what cannot be enforced', async () => {
    expect(await refusal(put('my-consent', permit('lakeside')))).toBe('consent-id');
    expect(await refusal(put('A'.repeat(32), permit('lakeside')))).toBe('consent-id');
    expect(await refusal(put(randomId(), { ...permit('lakeside'), status: 'draft' }))).toBe(
      'consent-unsupported',
    );
    expect(await refusal(put(randomId(), consentResource('nobody', { type: 'permit' })))).toBe(
      'patient-unknown',
    );
    expect(
      await refusal(put(randomId(), consentResource('jane', { type: 'permit', data: [], action: [{}] }))),
    ).toBe('consent-unsupported');
  });

  test("is on the ledger first, as the custodian's own record without a key, then stored and in force", async () => {
    const id = randomId();
    expect(await put(id, permit('lakeside'))).toEqual({ version: 1 });
    const state = await stateOf(id);
    expect(state).toMatchObject({ recordedBy: 'custodian', sequence: 1, status: 'active' });
    expect(state).not.toHaveProperty('subjectKey');
    expect(active()).toContain(id);
    expect(await put(id, permit('meridian'), 1)).toEqual({ version: 2 });
    expect(await refusal(put(id, permit('aurora'), 1))).toBe('sequence-conflict');
    expect(await stateOf(id)).toMatchObject({ sequence: 2 });
  });

  test('ends when it is made inactive, and cannot be revived', async () => {
    const id = randomId();
    await put(id, permit('lakeside'));
    expect(await put(id, { ...permit('lakeside'), status: 'inactive' })).toEqual({ version: 2 });
    expect(await stateOf(id)).toMatchObject({ status: 'revoked', reason: 'written-request' });
    expect(active()).not.toContain(id);
    expect(await refusal(put(id, permit('lakeside')))).toBe('consent-revoked');
  });

  test('is revoked on the ledger before it is deleted; deleting again changes nothing', async () => {
    const id = randomId();
    await put(id, permit('lakeside'));
    const { version } = await path.remove({ id, actor: 'dr-weber' });
    expect(await stateOf(id)).toMatchObject({ status: 'revoked' });
    expect(await node.vault.head('Consent', id)).toMatchObject({ version, deleted: true });
    expect(await path.remove({ id, actor: 'dr-weber' })).toEqual({ version });
  });

  /** The same path over a ledger that a test answers for, which is away for whoever waits once it is released. */
  const over = (submit: (transaction: Transaction) => Promise<Committed>) => {
    const { register } = node.consents;
    const finality = new Finality({
      register,
      submit,
      reached: async () => true,
      finished: async () => undefined,
      now: () => new Date(),
      onFault: () => undefined,
      waitMs: 60_000,
    });
    return { finality, path: fhirConsentPath({ ...node.consents, finality }) };
  };
  const inactive = { ...permit('lakeside'), status: 'inactive' };

  test.each<[string, (path: FhirConsentPath, id: string) => Promise<unknown>]>([
    ['made inactive', (path, id) => path.put({ id, text: canonicalize(inactive), actor: 'dr-weber' })],
    ['deleted', (path, id) => path.remove({ id, actor: 'dr-weber' })],
  ])('permits nothing once it is %s, whatever of it waits for the ledger', async (_how, end) => {
    const id = randomId();
    await put(id, permit('lakeside'));
    const submitted: string[] = [];
    const answered = Promise.withResolvers<never>();
    const { path: slow, finality } = over(({ name }) => {
      submitted.push(name);
      return answered.promise;
    });
    const replaced = slow.put({ id, text: canonicalize(permit('meridian')), actor: 'dr-weber' });
    await expect.poll(() => submitted).toEqual(['replace']);
    const ended = end(slow, id);
    const status = () => node.consents.register.consentsOf('jane').find((each) => each.id === id)?.status;
    await expect.poll(status).toBe('revoking');
    expect(submitted).toEqual(['replace']);
    answered.reject(new LedgerError('unavailable', 'it is away'));
    for (const each of [replaced, ended])
      await expect(each).rejects.toMatchObject({ code: 'unknown-outcome' });
    finality.stop();
    await node.consents.finality.retry();
    expect(await stateOf(id)).toMatchObject({ status: 'revoked', sequence: 3 });
    expect(active()).not.toContain(id);
  });

  test('is ended although what was on its way before is refused for good', async () => {
    const id = randomId();
    await put(id, permit('lakeside'));
    node.ledgerIsAway = true;
    await expect(put(id, permit('meridian'))).rejects.toMatchObject({ code: 'unknown-outcome' });
    const ledger = network.ledger('st-mary');
    const { path: refusing, finality } = over(({ urgency: _urgency, ...transaction }) =>
      transaction.name === 'replace'
        ? Promise.reject(new LedgerError('rejected', 'it is malformed', { reason: 'malformed' }))
        : ledger.submit(transaction),
    );
    await refusing.put({ id, text: canonicalize(inactive), actor: 'dr-weber' });
    finality.stop();
    expect(await stateOf(id)).toMatchObject({ status: 'revoked', sequence: 2 });
    await expect.poll(active).not.toContain(id);
  });

  test('is not said to be recorded while the ledger has not finished, and follows', async () => {
    const id = randomId();
    node.ledgerIsAway = true;
    await expect(put(id, permit('lakeside'))).rejects.toMatchObject({ code: 'unknown-outcome' });
    expect(active()).not.toContain(id);
    node.ledgerIsAway = false;
    await node.consents.finality.retry();
    expect(active()).toContain(id);
    expect((await node.vault.head('Consent', id))?.version).toBe(1);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

describe('the register of consents', () => {
  let network: ConsentNetwork;
  let stMary: ConsentNode;
  let lakeside: ConsentNode;
  let jane: TestPatient;
  const consent = consentResource('jane', { type: 'permit', ...forOrganisations('lakeside', 'st-mary') });

  beforeAll(async () => {
    network = await ConsentNetwork.begun();
    stMary = await ConsentNode.start(network, 'st-mary');
    lakeside = await ConsentNode.start(network, 'lakeside');
    jane = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
    await stMary.patient('jane', jane.seed);
  });
  afterAll(async () => {
    await stMary.end();
    await lakeside.end();
    network.end();
  });

  async function granted(): Promise<string> {
    const id = randomId();
    const answer = await stMary.request(
      'POST',
      '/consents',
      jane.grant(id, 1, consent, randomBytes(32)),
      await stMary.patientToken('jane'),
    );
    expect(answer.status).toBe(201);
    return id;
  }

  const locator = async (id: string) => {
    const grant = await stMary.consents.register.grant(id);
    if (grant === undefined) throw new Error('no grant');
    return { id, custodian: 'st-mary', handle: 'a'.repeat(32), salt: grant.salt, consent: grant.consent };
  };

  test('knows every consent on the ledger, and the content of those it is custodian of', async () => {
    const id = await granted();
    await expect.poll(() => lakeside.consents.register.onLedger(id)?.status).toBe('active');
    expect(await lakeside.consents.register.grant(id)).toBeUndefined();
    expect(await stMary.consents.register.grant(id)).toMatchObject({
      id,
      patient: 'jane',
      grantees: ['lakeside'],
      consent,
    });
    expect(await stMary.consents.register.activeGrants()).toContain(id);
    expect(stMary.consents.register.onLedger(randomId())).toBeUndefined();
  });

  test("attaches a locator to the grantee's patient until the consent is revoked, through restarts", async () => {
    const id = await granted();
    await expect.poll(() => lakeside.consents.register.onLedger(id)?.status).toBe('active');
    const { register } = lakeside.consents;
    await register.attach(await locator(id), undefined);
    expect(register.locatorsOf('p-17')).toEqual([]);
    await register.attach(await locator(id), 'p-17');
    await register.attach(await locator(id), undefined);
    await lakeside.restart();
    const attached = { consent: id, custodian: 'st-mary', handle: 'a'.repeat(32) };
    expect(lakeside.consents.register.locatorsOf('p-17')).toEqual([attached]);
    expect(lakeside.consents.register.consentsOf('p-17')).toEqual([]);
    await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2));
    await expect.poll(() => lakeside.consents.register.locatorsOf('p-17')).toEqual([]);
  });

  test('keeps the first match when two are made at the same moment, and whatever comes later', async () => {
    const id = await granted();
    const { register } = lakeside.consents;
    const given = await locator(id);
    const made = await Promise.all(
      ['p-1', 'p-2', undefined].map((patient) => register.attach(given, patient)),
    );
    expect(made).toEqual(['p-1', 'p-1', 'p-1']);
    expect(await register.attach({ ...given, handle: 'b'.repeat(32) }, 'p-2')).toBe('p-1');
    await expect.poll(() => register.locatorsOf('p-1').length).toBe(1);
    expect(register.locatorsOf('p-2')).toEqual([]);
  });

  test('comes back after a restart as it was', async () => {
    const [kept, revoked] = [await granted(), await granted()];
    await stMary.request('POST', `/consents/${revoked}/revoke`, jane.revoke(revoked, 2));
    const ids = () =>
      stMary.consents.register
        .consentsOf('jane')
        .map(({ id }) => id)
        .sort();
    const before = ids();
    await stMary.restart();
    expect(ids()).toEqual(before);
    expect(before).toContain(kept);
    expect(before).not.toContain(revoked);
  });

  test('a content that the ledger does not commit to is not in force, though it is sealed here', async () => {
    const id = await granted();
    const { register } = stMary.consents;
    const inForce = () => register.consentsOf('jane').some((each) => each.id === id);
    const record = await register.records.current(id);
    if (record?.role !== 'custodian') throw new Error('no grant');
    expect(inForce()).toBe(true);
    const event = await register.records.seal(
      {
        ...record,
        consent: consentResource('jane', { type: 'permit', ...forOrganisations('lakeside') }),
        statement: Buffer.from(randomBytes(32)).toString('base64'),
      },
      'somebody',
      '2026-05-01T12:00:00.000Z',
    );
    register.records.use(id, 'custodian', event);
    await register.refresh(id);
    expect(inForce()).toBe(false);
    await stMary.restart();
    expect(stMary.consents.register.consentsOf('jane').map((each) => each.id)).not.toContain(id);
  });

  test("a grantee's revocation of what it holds no more than a locator of reaches the custodian", async () => {
    const id = await granted();
    await expect.poll(() => lakeside.consents.register.onLedger(id)?.status).toBe('active');
    await lakeside.consents.register.attach(await locator(id), 'p-18');
    lakeside.ledgerIsAway = true;
    expect((await lakeside.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2))).status).toBe(202);
    expect(lakeside.consents.register.locatorsOf('p-18')).toEqual([]);
    expect(stMary.consents.register.onLedger(id)?.status).toBe('active');
    lakeside.ledgerIsAway = false;
    await lakeside.consents.finality.retry();
    await expect.poll(() => stMary.consents.register.onLedger(id)?.status).toBe('revoked');
  });
});

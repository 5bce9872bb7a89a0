import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import { type JsonObject, toBase64 } from '../proof/index.ts';
import type { DecisionFacts } from '../r4/index.ts';
import { decide, organisationPolicy } from './index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations, forPurposes } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

const facts: DecisionFacts = {
  type: 'Observation',
  classes: [],
  categories: [],
  codes: [],
  labels: [],
  patients: [],
};
const permitLakeside = { type: 'permit', ...forOrganisations('lakeside'), ...forPurposes('TREAT') };

describe('the consent routes', () => {
  let network: ConsentNetwork;
  let stMary: ConsentNode;
  let aurora: ConsentNode;
  let jane: TestPatient;
  let bearer: string;

  beforeAll(async () => {
    network = await ConsentNetwork.begun();
    stMary = await ConsentNode.start(network, 'st-mary');
    aurora = await ConsentNode.start(network, 'aurora');
    jane = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
    await stMary.patient('jane', jane.seed);
    await stMary.patient('john', randomBytes(32));
    bearer = await stMary.patientToken('jane');
  });
  afterAll(async () => {
    await stMary.end();
    await aurora.end();
    network.end();
  });
  beforeEach(() => {
    stMary.ledgerIsAway = false;
    stMary.recorded.length = 0;
  });

  const body = (id: string, sequence = 1, consent: JsonObject = consentResource('jane', permitLakeside)) =>
    jane.grant(id, sequence, consent, randomBytes(32));
  const grant = (payload: unknown, authorization?: string) =>
    stMary.request('POST', '/consents', payload, authorization);

  async function granted(consent?: JsonObject): Promise<string> {
    const id = randomId();
    const answer = await grant(body(id, 1, consent), bearer);
    expect(answer).toMatchObject({ status: 201, body: { id, sequence: 1, status: 'active' } });
    return id;
  }

  /** Whether lakeside may have Jane's data from st-mary now, by the consent with this id alone. */
  function permitted(id: string): boolean {
    const request = {
      custodian: 'st-mary',
      actorOrganisation: 'lakeside',
      kind: 'member',
      purposes: ['TREAT'],
      nowMs: Date.now(),
      subject: 'jane',
    } as const;
    const consents = stMary.consents.register.consentsOf('jane').filter((consent) => consent.id === id);
    return decide(request, facts, consents, organisationPolicy()).permit;
  }

  test('a grant permits what it says, is stored as it was signed, and is on the ledger as a commitment', async () => {
    const consent = consentResource('jane', permitLakeside, {
      extension: [{ url: 'urn:test', valueDecimal: 1 }],
    });
    const payload = JSON.stringify(body(randomId(), 1, consent)).replace(
      '"valueDecimal":1',
      '"valueDecimal":1.00',
    );
    const { id } = JSON.parse(payload);
    const answer = await grant(payload, bearer);
    expect(answer.status).toBe(201);
    expect(answer.body.transaction).toMatch(/^[0-9a-f]+$/);
    expect(permitted(id)).toBe(true);
    const stored = await stMary.vault.read('Consent', id);
    expect(stored?.text).toContain('"valueDecimal":1.00');
    expect(JSON.parse(stored?.text ?? '')).toMatchObject({ ...consent, id, meta: { versionId: '1' } });
    expect((await network.consent(id))?.state).toMatchObject({
      custodian: 'st-mary',
      status: 'active',
      recordedBy: 'patient',
      sequence: 1,
    });
    const { consents } = (await stMary.request('GET', '/consents?patient=jane', undefined, bearer)).body;
    expect(consents.find((each: { id: string }) => each.id === id)).toMatchObject({
      patient: 'jane',
      status: 'active',
      sequence: 1,
      recordedBy: 'patient',
      resource: { resourceType: 'Consent', id },
    });
  });

  test('a grant said again changes nothing; its sequence with other content is a conflict', async () => {
    const payload = body(randomId());
    const { id } = payload as { id: string };
    const first = await grant(payload, bearer);
    const again = await grant(payload, bearer);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await stMary.vault.head('Consent', id))?.version).toBe(1);
    expect((await grant(body(id), bearer)).body.code).toBe('sequence-conflict');
    expect(await grant(body(id, 3), bearer)).toMatchObject({
      status: 409,
      body: { code: 'sequence-conflict' },
    });
  });

  test('a replacement takes the place of what was granted', async () => {
    const id = await granted();
    const narrower = consentResource('jane', { type: 'permit', ...forOrganisations('meridian') });
    expect((await grant(body(id, 2, narrower), bearer)).body).toMatchObject({
      sequence: 2,
      status: 'active',
    });
    expect(permitted(id)).toBe(false);
    expect((await stMary.vault.head('Consent', id))?.version).toBe(2);
    expect((await grant(body(id, 1), bearer)).body.code).toBe('sequence-conflict');
  });

  test('a forged revocation denies nothing, not for a moment', async () => {
    const id = await granted();
    const forged = new TestPatient(network, 'st-mary', 'jane', randomBytes(32)).revoke(id, 2);
    for (const node of [stMary, aurora]) {
      const answer = await node.request('POST', `/consents/${id}/revoke`, forged);
      expect(answer).toMatchObject({ status: 403, body: { code: 'signature-invalid' } });
    }
    const other = await granted();
    expect((await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(other, 2))).body.code).toBe(
      'signature-invalid',
    );
    expect(permitted(id)).toBe(true);
  });

  test('a revocation at any member, without a token, stops the next decision everywhere and can be said again', async () => {
    const id = await granted();
    const answer = await aurora.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2));
    expect(answer).toMatchObject({ status: 200, body: { id, sequence: 2, status: 'revoked' } });
    await expect.poll(() => permitted(id)).toBe(false);
    expect(await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2))).toMatchObject({
      status: 200,
      body: answer.body,
    });
    expect((await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 3))).body.code).toBe(
      'consent-revoked',
    );
    expect((await grant(body(id, 3), bearer)).body.code).toBe('consent-revoked');
    expect(permitted(id)).toBe(false);
  });

  test('a revocation at the custodian leaves an inactive Consent, and an anchor is made at once', async () => {
    const id = await granted();
    const before = stMary.anchored;
    expect((await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2))).status).toBe(200);
    expect(permitted(id)).toBe(false);
    expect(stMary.anchored).toBe(before + 1);
    expect(JSON.parse((await stMary.vault.read('Consent', id))?.text ?? '')).toMatchObject({
      status: 'inactive',
      meta: { versionId: '2' },
    });
    expect(JSON.parse((await stMary.vault.read('Consent', id, 1))?.text ?? '')).toMatchObject({
      status: 'active',
    });
  });

  test('staff of the custodian revoke with a reason; nobody else does without a signature', async () => {
    const id = await granted();
    const request = { sequence: 2, reason: 'representative' };
    const revoke = (node: ConsentNode, payload: object, authorization?: string) =>
      node.request('POST', `/consents/${id}/revoke`, payload, authorization);
    expect((await revoke(stMary, request)).body.code).toBe('token-missing');
    expect((await revoke(stMary, request, bearer)).body.code).toBe('not-permitted');
    expect(
      (await revoke(stMary, request, await stMary.token({ scope: 'system/Consent.rs' }))).body.code,
    ).toBe('not-permitted');
    expect((await revoke(aurora, request, await aurora.token({}))).body.code).toBe('not-custodian');
    expect(
      (await revoke(stMary, { ...request, reason: 'convenience' }, await stMary.token({}))).body.code,
    ).toBe('malformed');
    expect(
      (await revoke(stMary, { ...request, signature: jane.revoke(id, 2).signature }, await stMary.token({})))
        .body.code,
    ).toBe('malformed');
    expect(permitted(id)).toBe(true);
    expect((await revoke(stMary, request, await stMary.token({}))).body.status).toBe('revoked');
    const { consents } = (await stMary.request('GET', '/consents?patient=jane', undefined, bearer)).body;
    expect(consents.find((each: { id: string }) => each.id === id)).toMatchObject({
      status: 'revoked',
      recordedBy: 'custodian',
    });
  });

  test('staff whom the decision keeps out lift no consent, as if there were none', async () => {
    const id = await granted();
    const body = { sequence: 2, reason: 'representative' };
    const authorization = await stMary.token({});
    stMary.keepsStaffOut = true;
    const refused = [
      await stMary.request('POST', `/consents/${id}/revoke`, body, authorization),
      await stMary.request(
        'POST',
        `/consents/${id}/rebind`,
        { sequence: 2, newKey: toBase64(randomBytes(32)) },
        authorization,
      ),
    ];
    stMary.keepsStaffOut = false;
    expect(refused.map(({ status, body: { code } }) => [status, code])).toEqual([
      [404, 'consent-unknown'],
      [404, 'consent-unknown'],
    ]);
    expect(permitted(id)).toBe(true);
  });

  test('what does not exist and what is no id answer alike', async () => {
    const answers = await Promise.all(
      [randomId(), 'nothing', 'A'.repeat(32)].map((id) =>
        stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(randomId(), 2)),
      ),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'consent-unknown' } });
  });

  test('the consents of a patient are shown to that patient and to staff, and to nobody else', async () => {
    const list = async (authorization?: string) =>
      (await stMary.request('GET', '/consents?patient=jane', undefined, authorization)).status;
    expect([
      await list(),
      await list(await stMary.patientToken('john')),
      await list(await stMary.token({ scope: 'system/Observation.rs' })),
    ]).toEqual([401, 403, 403]);
    expect([await list(bearer), await list(await stMary.token({ scope: 'user/Consent.rs' }))]).toEqual([
      200, 200,
    ]);
    expect((await stMary.request('GET', '/consents', undefined, bearer)).body.code).toBe('malformed');
  });

  test('staff see the consents that the decision lets them read; the patient sees all of their own', async () => {
    const list = async (authorization: string) =>
      (await stMary.request('GET', '/consents?patient=jane', undefined, authorization)).body.consents;
    const staff = await stMary.token({ scope: 'user/Consent.rs' });
    stMary.denied.add('jane');
    const [hidden, own] = [await list(staff), await list(bearer)];
    stMary.denied.clear();
    expect([hidden, own.length]).toEqual([[], (await list(staff)).length]);
    expect(own).not.toEqual([]);
  });

  test('the old key names a new one at once; staff must wait, and the old key can object', async () => {
    const id = await granted();
    const next = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
    const newKey = String(
      next.grant(id, 1, consentResource('jane', permitLakeside), randomBytes(32)).subjectKey,
    );
    const rebind = (payload: object, authorization?: string) =>
      stMary.request('POST', `/consents/${id}/rebind`, payload, authorization);
    const staff = await stMary.token({});
    expect((await rebind({ sequence: 2, newKey })).body.code).toBe('token-missing');
    await network.anchor('st-mary', 1_900_000_000);
    const proposed = await rebind({ sequence: 2, newKey }, staff);
    expect(proposed).toMatchObject({ status: 202, body: { id, sequence: 2, status: 'pending' } });
    expect(await rebind({ sequence: 2, newKey }, staff)).toMatchObject({ status: 202 });
    expect(
      (await aurora.request('POST', `/consents/${id}/veto`, next.key('veto', id, 2, newKey))).body.code,
    ).toBe('signature-invalid');
    expect(
      (await aurora.request('POST', `/consents/${id}/veto`, jane.key('veto', id, 2, newKey))).status,
    ).toBe(200);
    const subjectKey = (await network.consent(id))?.state.subjectKey;
    for (const [path, sequence] of [
      ['rebind', 2],
      ['rebind', 1],
      ['veto', 2],
      ['veto', 1],
    ] as const) {
      // No token, a key that is bound already, and any bytes for a signature.
      const junk = { sequence, newKey: subjectKey, signature: randomBytes(64).toString('base64') };
      const answer = await aurora.request('POST', `/consents/${id}/${path}`, junk);
      const isRepeat = path === 'rebind' && sequence === 1;
      expect([path, sequence, answer.status === 200]).toEqual([path, sequence, isRepeat]);
    }
    expect(aurora.consents.register.steps.of(id)).toEqual([]);
    expect((await rebind({ sequence: 2, newKey }, staff)).status).toBe(422);
    expect(await rebind(jane.key('rebind', id, 2, newKey))).toMatchObject({
      status: 200,
      body: { sequence: 2, status: 'active' },
    });
    expect((await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 3))).body.code).toBe(
      'signature-invalid',
    );
    expect((await stMary.request('POST', `/consents/${id}/revoke`, next.revoke(id, 3))).body.status).toBe(
      'revoked',
    );
  });

  test('every request leaves one entry, a refused one too, with the patient and no more', async () => {
    const id = await granted();
    await grant('{', bearer);
    await grant(body(randomId()));
    await stMary.request('POST', `/consents/${id}/revoke`, jane.revoke(id, 2));
    expect(
      stMary.recorded.map(({ subtype, outcome, detail, patients, objects }) => ({
        subtype,
        outcome,
        detail,
        patients,
        objects,
      })),
    ).toEqual([
      {
        subtype: 'consent-grant',
        outcome: 'success',
        detail: undefined,
        patients: ['jane'],
        objects: [`Consent/${id}`],
      },
      { subtype: 'consent-grant', outcome: 'minor', detail: 'malformed', patients: [], objects: [] },
      { subtype: 'consent-grant', outcome: 'minor', detail: 'token-missing', patients: [], objects: [] },
      {
        subtype: 'consent-revoke',
        outcome: 'success',
        detail: undefined,
        patients: ['jane'],
        objects: [`Consent/${id}`],
      },
    ]);
  });
});

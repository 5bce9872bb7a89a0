import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomBytes, randomId } from '../crypto/index.ts';
import type { JsonObject } from '../proof/index.ts';
import { ConsentNetwork } from './suite/consent-network.ts';
import { ConsentNode } from './suite/consent-node.ts';
import { consentResource, forOrganisations, forPurposes } from './suite/consent-resource.ts';
import { TestPatient } from './suite/test-patient.ts';

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

  const body = (id: string, sequence = 1, consent: JsonObject = consentResource('jane', permitLakeside)) =>
    jane.grant(id, sequence, consent, randomBytes(32));
  const grant = (payload: unknown, authorization?: string) =>
    stMary.request('POST', '/consents', payload, authorization);

  describe('refuse a grant, and record nothing of it,', () => {
    async function refused(payload: unknown, authorization: string | undefined = bearer) {
      const { status, body: problem } = await grant(payload, authorization);
      const { id } = (typeof payload === 'object' ? payload : {}) as { id?: string };
      if (id !== undefined) expect(await network.consent(id)).toBeNull();
      return `${status} ${problem.code}`;
    }

    test('whose Consent was changed after it was signed', async () => {
      const signed = body(randomId());
      const wider = consentResource('jane', { type: 'permit', ...forOrganisations('lakeside') });
      expect(await refused({ ...signed, consent: wider })).toBe('403 signature-invalid');
    });

    test('with another salt, key or sequence than was signed', async () => {
      const signed = body(randomId());
      const other = body(randomId());
      expect(await refused({ ...signed, salt: other.salt })).toBe('403 signature-invalid');
      expect(await refused({ ...signed, subjectKey: other.subjectKey })).toBe('403 signature-invalid');
      expect(await refused({ ...signed, signature: other.signature })).toBe('403 signature-invalid');
      expect(await refused({ ...signed, sequence: 2 })).toBe('403 signature-invalid');
      expect(await refused({ ...signed, id: randomId() })).toBe('403 signature-invalid');
    });

    test('about another patient than it says', async () => {
      const about = consentResource('john', permitLakeside);
      expect(await refused(body(randomId(), 1, about))).toBe('422 patient-mismatch');
      expect(await refused({ ...body(randomId(), 1, about), patient: 'john' }, await stMary.token({}))).toBe(
        '403 enrolment-invalid',
      );
    });

    test('of somebody whose key is not enrolled for the patient', async () => {
      const mallory = new TestPatient(network, 'st-mary', 'jane', randomBytes(32));
      expect(
        await refused(mallory.grant(randomId(), 1, consentResource('jane', permitLakeside), randomBytes(32))),
      ).toBe('403 enrolment-invalid');
    });

    test("with a token that is not the patient's, or none", async () => {
      expect(await refused(body(randomId()), await stMary.patientToken('john'))).toBe('403 not-permitted');
      expect(await refused(body(randomId()), await stMary.token({ scope: 'system/Consent.rs' }))).toBe(
        '403 not-permitted',
      );
      expect(await refused(body(randomId()), await aurora.token({}))).toMatch(/^401 token-/);
      expect((await grant(body(randomId()))).status).toBe(401);
    });

    test('for a patient who does not exist', async () => {
      const nobody = new TestPatient(network, 'st-mary', 'nobody', randomBytes(32));
      const payload = nobody.grant(randomId(), 1, consentResource('nobody', permitLakeside), randomBytes(32));
      expect(await refused(payload, await stMary.token({}))).toBe('404 patient-unknown');
    });

    test('that says something which cannot be enforced, or is no valid FHIR, or names a stranger', async () => {
      const issues = async (consent: JsonObject) => (await grant(body(randomId(), 1, consent), bearer)).body;
      expect(
        await issues(
          consentResource('jane', {
            ...permitLakeside,
            action: [{ coding: [{ system: 'x', code: 'collect' }] }],
          }),
        ),
      ).toMatchObject({
        code: 'consent-unsupported',
        issues: [{ expression: 'Consent.provision.action[0].coding[0]', code: 'unsupported' }],
      });
      expect(await issues(consentResource('jane', permitLakeside, { status: 'nope' }))).toMatchObject({
        status: 422,
        code: 'consent-unsupported',
      });
      expect(
        await issues(consentResource('jane', { type: 'permit', ...forOrganisations('lakesde') })),
      ).toMatchObject({
        issues: [
          { expression: 'Consent.provision.actor', message: 'lakesde is no active member of the network.' },
        ],
      });
    });

    test('that is not of the form', async () => {
      const good = body(randomId());
      const forms: [payload: unknown, code: string][] = [
        ['{"id":', '400 malformed'],
        ['[]', '400 malformed'],
        ['null', '400 malformed'],
        [{ ...good, id: 'ABCDEF' }, '400 malformed'],
        [{ ...good, sequence: '1' }, '400 malformed'],
        [{ ...good, sequence: 1.5 }, '400 malformed'],
        [{ ...good, sequence: -1 }, '400 malformed'],
        [{ ...good, salt: 'AA==' }, '400 malformed'],
        [{ ...good, signature: `${good.signature}=` }, '400 malformed'],
        [{ ...good, consent: 'Consent' }, '400 malformed'],
        [{ ...good, note: 'please' }, '400 malformed'],
        [
          JSON.stringify({ ...good, consent: 0 }).replace(
            '"consent":0',
            `"consent":${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
          ),
          '400 malformed',
        ],
        [JSON.stringify(good).replace('"sequence":1', '"sequence":1,"sequence":1'), '400 malformed'],
      ];
      for (const [payload, code] of forms) {
        const answer = await grant(payload, bearer);
        expect(`${answer.status} ${answer.body.code}`, JSON.stringify(payload).slice(0, 80)).toBe(code);
      }
      expect((await grant(`"${'x'.repeat(6_000_000)}"`, bearer)).status).toBe(413);
    });

    test('of ten thousand provisions, at once', async () => {
      const provision = Array.from({ length: 10_000 }, () => ({ type: 'deny' }));
      const payload = body(randomId(), 1, consentResource('jane', { ...permitLakeside, provision }));
      const started = performance.now();
      expect(await refused(payload)).toBe('422 consent-unsupported');
      expect(performance.now() - started).toBeLessThan(2_000);
    });

    test('of any other form, without ever failing itself', async () => {
      const good = body(randomId());
      const member = fc.constantFrom(...Object.keys(good), 'links', 'type', '__proto__');
      const change = fc.oneof(fc.jsonValue(), fc.constantFrom(good.signature, good.subjectKey, good.consent));
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.tuple(member, change)), async (input) => {
          const isChange = Array.isArray(input) && input.length === 2 && typeof input[0] === 'string';
          const payload = isChange ? { ...good, [input[0] as string]: input[1] } : input;
          const answer = await grant(JSON.stringify(payload), bearer);
          expect(
            answer.status === 201 || (answer.status >= 400 && answer.status < 500),
            JSON.stringify(answer.body),
          ).toBe(true);
        }),
        { numRuns: 300, seed: 20_261_123 },
      );
    });

    test('with a link that proves nothing', async () => {
      const good = body(randomId());
      const link = { organisation: 'lakeside', key: good.subjectKey, signature: good.signature };
      expect(await refused({ ...good, links: [link] })).toBe('422 link-invalid');
    });
  });
});

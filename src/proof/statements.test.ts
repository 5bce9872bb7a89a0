import { createHmac, hkdfSync } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { bytesFor, LEDGER } from '../../test/interop/network.ts';
import {
  type ConsentStatement,
  consentCommitment,
  consentKeyMessage,
  consentMessage,
  derivePatientKey,
  enrolmentMessage,
  fromUtf8,
  linkMessage,
  parseJsonKeepingDigits,
  recoveryPhrase,
  seedFromPhrase,
  signEd25519,
  toBase64,
  toHex,
  verifyStatement,
} from './index.ts';

const malformed = expect.objectContaining({ name: 'ProofError', code: 'malformed' });
const seed = bytesFor('seed');
const purpose = { ledger: LEDGER, organisation: 'st-mary', use: 'enrol', generation: 0 };

describe("a patient's keys", () => {
  test('are derived as the format describes, written here a second time', () => {
    const info = `["${LEDGER}","st-mary","enrol",0]`;
    const expected = hkdfSync('sha256', seed, 'holdfast/patient/v1', info, 32);
    expect(derivePatientKey(seed, purpose).privateKey).toEqual(new Uint8Array(expected));
  });

  test('differ by ledger, organisation, use and generation', () => {
    const changes = [
      {},
      { ledger: 'f'.repeat(32) },
      { organisation: 'lakeside' },
      { use: 'a'.repeat(32) },
      { generation: 1 },
    ];
    const keys = changes.map((change) => toHex(derivePatientKey(seed, { ...purpose, ...change }).publicKey));
    expect(new Set(keys).size).toBe(changes.length);
  });

  test('are refused for a seed or a generation that is none', () => {
    expect(() => derivePatientKey(seed.subarray(1), purpose)).toThrow(malformed);
    expect(() => derivePatientKey(seed, { ...purpose, generation: -1 })).toThrow(malformed);
    expect(() => derivePatientKey(seed, { ...purpose, generation: 0.5 })).toThrow(malformed);
  });
});

describe('a recovery phrase', () => {
  test('is the published BIP-39 one', () => {
    expect(recoveryPhrase(new Uint8Array(32))).toBe(`${'abandon '.repeat(23)}art`);
    expect(recoveryPhrase(new Uint8Array(32).fill(0xff))).toBe(`${'zoo '.repeat(23)}vote`);
  });

  property.prop([fc.uint8Array({ minLength: 32, maxLength: 32 })])(
    'gives the seed back, as people type it',
    (bytes) => {
      const phrase = recoveryPhrase(bytes);
      expect(seedFromPhrase(phrase)).toEqual(bytes);
      expect(seedFromPhrase(`  ${phrase.toUpperCase().replaceAll(' ', '\n ')} `)).toEqual(bytes);
    },
  );

  test.each([
    '',
    'abandon',
    'abandon '.repeat(24),
    `${'abandon '.repeat(11)}about`,
    `${'abandon '.repeat(23)}artt`,
  ])('is not %j', (phrase) => {
    expect(() => seedFromPhrase(phrase)).toThrow(malformed);
  });

  test('is not repeated in the refusal', () => {
    expect(() => seedFromPhrase(`${'abandon '.repeat(23)}secretword`)).toThrow(
      /^((?!abandon|secretword).)*$/,
    );
  });
});

describe('what a patient signs', () => {
  const subjectKey = toBase64(derivePatientKey(seed, purpose).publicKey);
  const step = { custodian: 'st-mary', id: 'c'.repeat(32), ledger: LEDGER, sequence: 1 };
  const base = `"custodian":"st-mary","id":"${step.id}","ledger":"${LEDGER}"`;

  test.each<[ConsentStatement, string]>([
    [
      { ...step, action: 'grant', statement: 'S=' },
      `{"action":"grant",${base},"sequence":1,"statement":"S=","type":"holdfast/consent/v1"}`,
    ],
    [
      { ...step, action: 'revoke', sequence: 2 },
      `{"action":"revoke",${base},"sequence":2,"type":"holdfast/consent/v1"}`,
    ],
    [
      { ...step, action: 'rebind', newKey: 'K=' },
      `{"action":"rebind",${base},"newKey":"K=","sequence":1,"type":"holdfast/consent/v1"}`,
    ],
    [
      { ...step, action: 'veto', newKey: 'K=' },
      `{"action":"veto",${base},"newKey":"K=","sequence":1,"type":"holdfast/consent/v1"}`,
    ],
  ])('for a step of a consent is this text (%#)', (statement, expected) => {
    expect(fromUtf8(consentMessage(statement))).toBe(expected);
    // A member that does not belong to the action is not signed, wherever it came from.
    expect(fromUtf8(consentMessage(Object.assign({ extra: 1 }, statement)))).toBe(expected);
  });

  test('for enrolment, consent key and link is this text', () => {
    expect(
      fromUtf8(
        enrolmentMessage({ code: 'X', ledger: LEDGER, organisation: 'st-mary', patient: 'p1', subjectKey }),
      ),
    ).toBe(
      `{"code":"X","ledger":"${LEDGER}","organisation":"st-mary","patient":"p1","subjectKey":"${subjectKey}","type":"holdfast/enrol/v1"}`,
    );
    expect(fromUtf8(consentKeyMessage({ consent: step.id, subjectKey }))).toBe(
      `{"consent":"${step.id}","subjectKey":"${subjectKey}","type":"holdfast/consent-key/v1"}`,
    );
    expect(
      fromUtf8(
        linkMessage({ consent: step.id, custodian: 'st-mary', ledger: LEDGER, organisation: 'lakeside' }),
      ),
    ).toBe(
      `{"consent":"${step.id}","custodian":"st-mary","ledger":"${LEDGER}","organisation":"lakeside","type":"holdfast/link/v1"}`,
    );
  });

  test.each([0, -1, 1.5, 2 ** 53])('is no step with sequence %d', (sequence) => {
    expect(() => consentMessage({ ...step, action: 'revoke', sequence })).toThrow(malformed);
  });

  test('verifies by that key over that text alone', () => {
    const { privateKey } = derivePatientKey(seed, purpose);
    const message = consentMessage({ ...step, action: 'revoke' });
    const signature = toBase64(signEd25519(privateKey, message));
    expect(verifyStatement(message, subjectKey, signature)).toBe(true);
    expect(
      verifyStatement(consentMessage({ ...step, action: 'revoke', sequence: 2 }), subjectKey, signature),
    ).toBe(false);
    expect(verifyStatement(message, toBase64(seed), signature)).toBe(false);
    for (const bad of ['', 'not base64', `${signature} `, toBase64(seed)])
      expect(verifyStatement(message, subjectKey, bad)).toBe(false);
  });
});

describe('the commitment to a consent', () => {
  const consent = { resourceType: 'Consent', status: 'active', extension: [{ url: 'x', valueDecimal: 1.5 }] };
  const salt = bytesFor('salt');

  test('is the HMAC that the format describes', () => {
    const jcs = '{"extension":[{"url":"x","valueDecimal":1.5}],"resourceType":"Consent","status":"active"}';
    const expected = createHmac('sha256', salt).update(`holdfast/consent/v1\n${jcs}`).digest('hex');
    expect(toHex(consentCommitment(salt, consent))).toBe(expected);
  });

  test('leaves id, meta and narrative out, and nothing else', () => {
    const stored = { ...consent, id: 'c1', meta: { versionId: '1' }, text: { status: 'empty' } };
    expect(consentCommitment(salt, stored)).toEqual(consentCommitment(salt, consent));
    expect(consentCommitment(salt, { ...consent, status: 'inactive' })).not.toEqual(
      consentCommitment(salt, consent),
    );
  });

  test('is the same in a browser and where decimals keep their digits', () => {
    const kept = parseJsonKeepingDigits(JSON.stringify(consent).replace('1.5', '1.50')) as Record<
      string,
      unknown
    >;
    expect(consentCommitment(salt, kept)).toEqual(consentCommitment(salt, consent));
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import type { Answer } from './harness/http.ts';
import { contentsOf, entriesOf, outcomesOf, receiptOf } from './harness/network-bundle.ts';
import { verifyOffline } from './harness/offline.ts';
import type { Organisation } from './harness/organisation.ts';
import type { Grant } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
/** The hospital's addiction unit: a program under 42 CFR 2.11 by the demo's configuration. */
const UNIT = 'Organization/recovery-unit';
const PART_2 = { system: ACT_CODE, code: '42CFRPart2' };
/** Who writes counselling notes, and alone reads them here without a consent. */
const COUNSELLOR = 'Practitioner/counsellor';
const counsellor = { as: { user: COUNSELLOR, scope: 'user/*.cruds', purpose: 'TREAT' } };
const COUNSELLING = { system: 'urn:holdfast:sensitivity', code: 'sud-counseling-notes' };
const VIOLENCE = { system: ACT_CODE, code: 'SDV' };
const SECRET = 'beaten-at-home';
/** 42 CFR 2.32(a)(1), word for word. */
const NOTICE =
  'This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). These rules ' +
  'prohibit you from using or disclosing this record, or testimony that describes the information contained in this record, in ' +
  'any civil, criminal, administrative, or legislative proceedings by any Federal, State, or local authority, against the ' +
  'patient, unless authorized by the consent of the patient, except as provided at 42 CFR 2.12(c)(5) or as authorized by a court ' +
  'in accordance with 42 CFR 2.64 or 2.65. In addition, the Federal rules prohibit you from making any other use or disclosure ' +
  'of this record unless at least one of the following applies: (i) Further use or disclosure is expressly permitted by the ' +
  'written consent of the individual whose information is being disclosed in this record or as otherwise permitted by 42 CFR ' +
  'part 2. (ii) You are a covered entity or business associate and have received the record for treatment, payment, or health ' +
  'care operations, or (iii) You have received the record from a covered entity or business associate as permitted by 45 CFR ' +
  'part 164, subparts A and E. A general authorization for the release of medical or other information is NOT sufficient to meet ' +
  'the required elements of written consent to further use or redisclose the record (see 42 CFR 2.31).';

let node: RunningNode;
let hospital: Organisation;
let clinic: Organisation;
let patient: DemoPatient;
/** References of what is in the record: an ordinary one, one of the program's, a counselling note of the program's. */
let ordinary: string;
let dose: string;
let note: string;

const coded = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });

beforeAll(async () => {
  node = await startNode({ patients: 4 });
  hospital = node.organisation('st-mary');
  clinic = node.organisation('lakeside');
  patient = await patientAt(node, 'st-mary', 'lakeside');
  const unit = { resourceType: 'Organization', id: 'recovery-unit', name: 'Recovery Unit' };
  expect((await hospital.fhir('PUT', UNIT, { body: unit })).status).toBeLessThan(300);
  const subject = { reference: `Patient/${patient.at('st-mary')}` };
  const observed = { resourceType: 'Observation', status: 'final', code: coded('8867-4'), subject };
  const stored = async (resource: object, options = {}) => {
    const { resourceType, id } = await hospital.create(resource, options);
    return `${resourceType}/${id}`;
  };
  ordinary = await stored(observed);
  const sensitive = { extension: [{ url: INLINE, valueCoding: VIOLENCE }] };
  dose = await stored({
    ...observed,
    performer: [{ reference: UNIT }],
    component: [
      { code: coded('8480-6'), valueString: 'shown' },
      { code: coded('8462-4'), valueString: SECRET, ...sensitive },
    ],
  });
  note = await stored(
    {
      resourceType: 'DocumentReference',
      meta: { security: [COUNSELLING] },
      status: 'current',
      subject,
      author: [{ reference: COUNSELLOR }],
      custodian: { reference: UNIT },
      content: [{ attachment: { contentType: 'text/plain', data: 'bm90ZQ==' } }],
    },
    counsellor,
  );
});
afterAll(() => node?.stop());

/** What makes a Consent one under Part 2, beside its rule: 42 CFR 2.31(a). */
const formal = () => ({
  policyRule: { coding: [PART_2] },
  performer: [{ reference: `Patient/${patient.at('st-mary')}` }],
  organization: [{ identifier: { system: 'urn:holdfast:organisation', value: 'st-mary' } }],
});
/** To the clinic, for treatment, what the program has and the rest, without what is about violence. */
const whole = {
  class: ['Observation', 'DocumentReference'].map((code) => ({
    system: 'http://hl7.org/fhir/resource-types',
    code,
  })),
  provision: [{ type: 'deny', securityLabel: [VIOLENCE] }],
};
const grantOf = (provision: object, more: object = {}): Grant =>
  patient.device.grant({
    patient: patient.at('st-mary'),
    custodian: 'st-mary',
    grantee: 'lakeside',
    provision,
    more,
  });
const granted = async (provision: object, more: object = {}): Promise<Grant> => {
  const grant = grantOf(provision, more);
  const answer = await patient.device.send(grant, hospital);
  expect(answer.status, answer.text).toBe(201);
  return grant;
};
const read = (organisation = clinic, purpose = 'TREAT') =>
  organisation.fhir('GET', `Patient/${patient.at('lakeside')}/$network-everything`, { as: { purpose } });
/** What arrives of the hospital once a grant works there. */
const released = (): Promise<Answer> =>
  until('the grant works', async () => {
    const answer = await read();
    return outcomesOf(answer.json)['st-mary'] === 'complete' ? answer : undefined;
  });
const namesIn = (answer: Answer): string[] =>
  entriesOf(answer.json, 'st-mary').map(({ resource }) => `${resource.resourceType}/${resource.id}`);
// biome-ignore lint/suspicious/noExplicitAny: a Bundle's own form
const noticesIn = ({ json }: Answer): any[] =>
  // biome-ignore lint/suspicious/noExplicitAny: a Bundle's own form
  json.entry.flatMap(({ resource }: any) =>
    // biome-ignore lint/suspicious/noExplicitAny: a Bundle's own form
    (resource.issue ?? []).filter(({ details }: any) => details.coding[0].system === 'urn:holdfast:notice'),
  );
const labelsOf = ({ json }: Answer): string[] =>
  (json.meta?.security ?? []).map(({ code }: { code: string }) => code);

test('an ordinary consent lets out what the hospital made, and nothing that its Part 2 program did', async () => {
  const grant = await granted({});
  const answer = await released();
  expect(namesIn(answer)).toContain(ordinary);
  expect(namesIn(answer)).not.toContain(dose);
  expect(namesIn(answer)).not.toContain(note);
  expect([labelsOf(answer).includes('42CFRPart2'), noticesIn(answer)]).toEqual([false, []]);
  expect((await patient.device.revoke(grant, hospital)).status).toBe(200);
});

test('inside the hospital its people read what the program made, and a counselling note only who wrote it', async () => {
  expect((await hospital.fhir('GET', dose)).status).toBe(200);
  expect((await hospital.fhir('GET', note)).status).toBe(404);
  expect((await hospital.fhir('GET', note, counsellor)).status).toBe(200);
});

test.each([
  ['performer', 'Consent.performer', '42 CFR 2.31(a)(8) asks for who signed it'],
  ['organization', 'Consent.organization', '42 CFR 2.31(a)(2) asks for who is to disclose'],
])('a Part 2 consent without %s is refused with its name', async (name, expression, words) => {
  const more = Object.fromEntries(Object.entries(formal()).filter(([key]) => key !== name));
  const answer = await patient.device.send(grantOf(whole, more), hospital);
  expect([answer.status, answer.json.code]).toEqual([422, 'consent-unsupported']);
  expect(answer.json.issues).toEqual([
    { expression, code: 'missing', message: expect.stringContaining(words) },
  ]);
});

test('one that adds legal proceedings to treatment, or does not say what it is about, is refused', async () => {
  const purpose = ['TREAT', 'HLEGAL'].map((code) => ({ system: ACT_REASON, code }));
  const both = await patient.device.send(
    grantOf({ ...whole, purpose, period: { end: '2099-01-01' } }, formal()),
    hospital,
  );
  expect([both.status, both.text.includes('2.31(d)')]).toEqual([422, true]);
  const vague = await patient.device.send(grantOf({}, formal()), hospital);
  expect([vague.status, vague.text.includes('2.31(a)(3)')]).toEqual([422, true]);
});

test('a right one lets it out with the notice and the scope, without the notes and what the patient withholds', async () => {
  const grant = await granted(whole, formal());
  const answer = await released();
  expect(namesIn(answer)).toEqual(expect.arrayContaining([ordinary, dose]));
  expect(namesIn(answer)).not.toContain(note);
  expect(answer.text).not.toContain(SECRET);

  const [notice, ...others] = noticesIn(answer);
  expect(others).toEqual([]);
  expect(notice.details.text).toBe(NOTICE);
  expect(notice.diagnostics).toContain('to lakeside; for TREAT; information Observation, DocumentReference');
  expect(labelsOf(answer)).toEqual(expect.arrayContaining(['R', '42CFRPart2']));
  expect(labelsOf(answer)).not.toContain('SDV');

  const entry = entriesOf(answer.json, 'st-mary').find(({ fullUrl }) => fullUrl.endsWith(dose));
  expect(JSON.stringify(entry)).not.toContain('8462-4');
  // What the hospital computed is beside the version and never in it.
  expect(JSON.stringify(entry?.resource.meta)).not.toContain('42CFRPart2');
  expect(entry?.resource.meta.security).toEqual([expect.objectContaining({ code: 'REDACTED' })]);
  expect((await hospital.fhir('GET', dose)).text).toContain(SECRET);

  // Whoever holds it checks offline that the hospital released exactly this.
  const content = JSON.parse(contentsOf(answer.text).get(entry?.fullUrl ?? '') ?? '');
  const bundle = (resource: object) =>
    JSON.stringify({
      version: 1,
      policies: [],
      items: [{ receipt: JSON.parse(receiptOf(entry)), content: resource }],
    });
  const verdict = await verifyOffline(node, bundle(content));
  expect(verdict.code, verdict.stdout + verdict.stderr).toBe(0);
  const forged = { ...content, status: 'amended' };
  expect((await verifyOffline(node, bundle(forged))).code).not.toBe(0);

  expect((await patient.device.revoke(grant, hospital)).status).toBe(200);
});

test('it serves nobody else, and no legal proceedings', async () => {
  const grant = await granted(whole, formal());
  await released();
  // The clinic's own patient consents to legal proceedings there, so that it is the hospital which refuses.
  const legal = patient.device.grant({
    patient: patient.at('lakeside'),
    custodian: 'lakeside',
    grantee: 'lakeside',
    linked: false,
    provision: { purpose: [{ system: ACT_REASON, code: 'HLEGAL' }] },
  });
  expect((await patient.device.send(legal, clinic)).status).toBe(201);
  const asked = await read(clinic, 'HLEGAL');
  expect([asked.status, namesIn(asked), noticesIn(asked)]).toEqual([200, [], []]);
  const identifier = { system: 'urn:holdfast:patient:st-mary', value: patient.at('st-mary') };
  const elsewhere = node.organisation('meridian');
  const stranger = await elsewhere.create({ resourceType: 'Patient', identifier: [identifier] });
  const path = `Patient/${stranger.id}/$network-everything`;
  const other = await elsewhere.fhir('GET', path, { as: { purpose: 'TREAT' } });
  expect([outcomesOf(other.json)['st-mary'], namesIn(other)]).toEqual(['not-permitted', []]);
  expect((await patient.device.revoke(grant, hospital)).status).toBe(200);
});

test('counselling notes leave by a consent for them alone, and after it is revoked not any more', async () => {
  const rule = { securityLabel: [COUNSELLING], period: { end: '2099-01-01' } };
  const mixed = await patient.device.send(
    grantOf({ ...rule, securityLabel: [COUNSELLING, PART_2] }, formal()),
    hospital,
  );
  expect([mixed.status, mixed.text.includes('2.31(b)')]).toEqual([422, true]);
  const grant = await granted(rule, formal());
  const answer = await released();
  expect(namesIn(answer)).toEqual([note]);
  expect(noticesIn(answer)).toHaveLength(1);
  expect((await patient.device.revoke(grant, hospital)).status).toBe(200);
  const after = await read();
  expect([outcomesOf(after.json)['st-mary'], namesIn(after), noticesIn(after)]).toEqual([
    'not-permitted',
    [],
    [],
  ]);
});

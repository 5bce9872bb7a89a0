import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase64 } from '../../src/proof/index.ts';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { verifyOffline } from './harness/offline.ts';
import type { Organisation } from './harness/organisation.ts';
import type { Grant, PatientDevice } from './harness/patient-device.ts';
import { newDevice } from './harness/representative.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

const RESEARCH = {
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
};

let node: RunningNode;
let hospital: Organisation;
let elsewhere: Organisation;
let patient: DemoPatient;
let id: string;
let grant: Grant;
/** The patient's new device, and a thief's. */
let next: PatientDevice;
let thief: PatientDevice;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  [hospital, elsewhere] = [node.organisation('st-mary'), node.organisation('aurora')];
  patient = await patientAt(node, 'st-mary');
  id = patient.at('st-mary');
  [next, thief] = [await newDevice(node), await newDevice(node)];
  grant = patient.device.grant({ patient: id, custodian: 'st-mary', provision: RESEARCH, linked: false });
  const sent = await patient.device.send(grant, hospital);
  if (sent.status !== 201) throw new Error(`not granted: ${sent.status} ${sent.text}`);
});
afterAll(() => node?.stop());

const keyOf = (device: PatientDevice) => toBase64(device.key('st-mary', grant.id).publicKey);
const post = (step: 'rebind' | 'veto', body: object, at = hospital, token: string | null = null) =>
  at.call('POST', `/consents/${grant.id}/${step}`, { token, body });
const asStaff = async (body: object) => post('rebind', body, hospital, await hospital.token());

describe('whoever has not the key of a consent', () => {
  test('binds no other to it: neither a stranger by signing nor anybody without a token', async () => {
    const wanted = { sequence: 2, newKey: keyOf(thief) };
    const forged = await post('rebind', thief.rekeying('rebind', grant, wanted));
    expect([forged.status, forged.json.code]).toEqual([403, 'signature-invalid']);
    expect((await post('rebind', wanted)).status).toBe(401);
    const own = {
      as: { user: `Patient/${id}`, scope: 'patient/*.rs patient/Consent.cruds', purpose: 'PATRQT' },
      body: wanted,
    };
    expect((await hospital.call('POST', `/consents/${grant.id}/rebind`, own)).status).toBe(403);
    // The staff of another member are not the custodian's.
    const others = await post('rebind', wanted, elsewhere, await elsewhere.token());
    expect([others.status, others.json.code]).toEqual([403, 'not-custodian']);
  });
});

describe('a key that was lost', () => {
  test('is replaced by the custodian after 72 hours and not before, however often it is asked', async () => {
    const wanted = { sequence: 2, newKey: keyOf(thief) };
    for (let times = 0; times < 3; times += 1) {
      const proposed = await asStaff(wanted);
      expect([proposed.status, proposed.json.status]).toEqual([202, 'pending']);
    }
    // The old key is bound all that time.
    expect((await thief.revoke(grant, hospital)).json.code).toBe('signature-invalid');
  });

  test('objects where it was not lost: at any member, without a token, and for good', async () => {
    const wanted = { sequence: 2, newKey: keyOf(thief) };
    const forged = await post('veto', thief.rekeying('veto', grant, wanted), elsewhere);
    expect([forged.status, forged.json.code]).toEqual([403, 'signature-invalid']);
    const vetoed = await post('veto', patient.device.rekeying('veto', grant, wanted), elsewhere);
    expect(vetoed.status, vetoed.text).toBe(200);
    const again = await asStaff(wanted);
    expect([again.status, again.json.code]).toEqual([422, 'ledger-rejected']);
  });
});

describe('a key that is replaced by its owner', () => {
  test('names the new one at once, and counts no more itself', async () => {
    const step = { sequence: 2, newKey: keyOf(next) };
    const bound = await post('rebind', patient.device.rekeying('rebind', grant, step), elsewhere);
    expect([bound.status, bound.json.status], bound.text).toEqual([200, 'active']);
    expect((await patient.device.revoke(grant, hospital, 3)).json.code).toBe('signature-invalid');
    const revoked = await next.revoke(grant, hospital, 3);
    expect([revoked.status, revoked.json.status], revoked.text).toEqual([200, 'revoked']);
  });

  test('leaves a consent whose receipt is checked offline', async () => {
    const as = { as: { user: `Patient/${id}`, scope: 'patient/*.rs', purpose: 'PATRQT' } };
    const receipt = await hospital.receipt(`Consent/${grant.id}`, as);
    const { text } = await hospital.fhir('GET', `Consent/${grant.id}`, as);
    const items = [{ receipt: JSON.parse(receipt.text), content: JSON.parse(text) }];
    const verdict = await verifyOffline(node, JSON.stringify({ version: 1, policies: [], items }));
    expect(verdict.code, verdict.stdout).toBe(0);
  });
});

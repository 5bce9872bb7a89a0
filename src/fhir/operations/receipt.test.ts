import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../crypto/index.ts';
import { verifyReceipt } from '../../proof/index.ts';
import { basic, FhirNode, observation, patient, type Received } from '../suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
});
afterAll(() => node?.stop());

const judge = (receipt: object, content?: string) =>
  verifyReceipt(receipt, {
    policies: [node.policy],
    primitives: nativePrimitives,
    ...(content === undefined ? {} : { content }),
  });
const receiptOf = async (path: string): Promise<Received> => {
  await node.log.publish();
  return node.send('GET', `${path}/$receipt`);
};

describe('$receipt', () => {
  test('of a version, a deletion and an AuditEvent verifies with its content', async () => {
    const body = basic('one', { id: 'one' });
    await node.put(body as never);
    const { text } = await node.send('GET', 'Basic/one');
    expect(judge((await receiptOf('Basic/one')).json, text)).toMatchObject({
      ok: true,
      contentChecked: 'checked',
    });
    await node.send('DELETE', 'Basic/one');
    const deletion = await receiptOf('Basic/one');
    expect(deletion.json.event).toMatchObject({ object: 'Basic/one/_history/2' });
    expect(deletion.json.event.content).toBeUndefined();
    expect(judge(deletion.json)).toMatchObject({ ok: true });
    const first = await receiptOf('Basic/one/_history/1');
    expect(judge(first.json, text)).toMatchObject({ ok: true, contentChecked: 'checked' });
    const [event] = await node.auditEvents();
    const whole = await node.send('GET', `AuditEvent/${event!.id}`);
    const audit = await receiptOf(`AuditEvent/${event!.id}`);
    expect(judge(audit.json, whole.text)).toMatchObject({ ok: true, contentChecked: 'checked' });
    expect(audit.json.event.object).toBe(`AuditEvent/${event!.id}/_history/1`);
  });

  test('waits for a checkpoint, and answers 202 with Retry-After when none comes', async () => {
    await node.put(basic('late', { id: 'late' }) as never);
    const { result, events } = await node.audited(() => node.send('GET', 'Basic/late/$receipt'));
    expect([result.status, result.text]).toEqual([202, '']);
    expect(Number(result.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(events).toHaveLength(1);
    const waiting = node.send('GET', 'Basic/late/$receipt');
    await node.log.publish();
    expect((await waiting).status).toBe(200);
  });

  test('as text is the proof alone, when text is asked for first', async () => {
    await receiptOf('Patient/anna');
    const get = (accept: string) => node.send('GET', 'Patient/anna/$receipt', { headers: { accept } });
    const plain = await get('text/plain');
    expect(plain.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(plain.text).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    const both = await get('application/json, text/plain;q=0.5');
    expect(both.headers.get('content-type')).toContain('application/vnd.holdfast.receipt+json');
    expect((await get('application/vnd.holdfast.receipt+json')).status).toBe(200);
    expect((await get('application/pdf')).status).toBe(406);
  });

  test('of a partial release is found by its event, and by no other', async () => {
    const { json } = await node.send('GET', 'Patient?_id=anna&_elements=name');
    const [entry] = json.entry;
    const [{ valueAttachment }] = entry.extension;
    await node.log.publish();
    const receipt = await node.send('GET', valueAttachment.url);
    expect(judge(receipt.json, JSON.stringify(entry.resource))).toMatchObject({
      ok: true,
      contentChecked: 'checked',
    });
    const [event] = await node.auditEvents();
    for (const other of [event!.id, 'Patient/anna/_history/1', '0'.repeat(32), 'x', '']) {
      const answer = await node.send('GET', `Patient/anna/$receipt?disclosure=${other}`);
      expect([other, answer.status]).toEqual([other, 404]);
    }
  });

  test('of an erased version proves that it was there, to those who see every patient', async () => {
    await node.put(patient('bert'));
    await node.put(observation('b-1', 'bert', '1'));
    await receiptOf('Observation/b-1');
    await node.vault.erase({ patient: 'bert', reason: 'subject-request', actor: 'client' });
    expect((await node.send('GET', 'Observation/b-1')).status).toBe(404);
    const receipt = await receiptOf('Observation/b-1/_history/1');
    expect([receipt.status, receipt.json.contentSalt]).toEqual([200, undefined]);
    expect(judge(receipt.json)).toMatchObject({ ok: true });
    const as = { sub: 'Patient/anna', fhirUser: 'Patient/anna', patient: 'anna', scope: 'patient/*.rs' };
    expect((await node.send('GET', 'Observation/b-1/_history/1/$receipt', { as })).status).toBe(404);
    expect((await node.send('GET', 'Observation/never/_history/1/$receipt')).status).toBe(404);
  });

  test('what was erased is gone: not written again, not in histories', async () => {
    const again = await node.send('PUT', 'Observation/b-1', { body: observation('b-1', 'anna', '1') });
    expect([again.status, again.json.issue[0].details.coding[0].code]).toEqual([410, 'erased']);
    const as = { sub: 'Patient/anna', fhirUser: 'Patient/anna', patient: 'anna', scope: 'patient/*.cruds' };
    const own = await node.send('PUT', 'Observation/b-1', { as, body: observation('b-1', 'anna', '1') });
    expect(own.status).toBe(403);
    expect((await node.send('GET', 'Observation/b-1/_history')).status).toBe(404);
  });
});

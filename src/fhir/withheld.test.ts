import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RefusalSeal } from '../audit/index.ts';
import { FhirNode } from './suite/index.ts';

/** The key with which the suite's node seals. */
const KEY = Buffer.alloc(32, 6);

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['open', 'closed']) {
    await node.put({ resourceType: 'Patient', id });
    const subject = { reference: `Patient/${id}` };
    await node.put({ resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, subject });
  }
  node.consent('closed', { type: 'deny' });
});
afterAll(() => node?.stop());

interface Noted {
  readonly type: string;
  readonly valueBase64Binary?: string;
}

interface NotedEvent {
  readonly entity: readonly {
    readonly detail?: readonly Noted[];
    readonly what?: { readonly identifier?: { readonly value: string } };
  }[];
}

/** What one request's AuditEvent holds, sealed, and what it opens to. */
async function noted(work: () => Promise<unknown>): Promise<{ text: string; opened: unknown }> {
  const { events } = await node.audited(work);
  const [event] = events as unknown as NotedEvent[];
  const entity = event?.entity.find(({ detail }) => detail !== undefined);
  const sealed = entity?.detail?.find(({ type }) => type === 'information-blocking')?.valueBase64Binary;
  const identifier = entity?.what?.identifier;
  const opened =
    sealed === undefined ? undefined : new RefusalSeal(KEY).open(sealed, identifier?.value ?? '');
  return { text: JSON.stringify(event), opened };
}

describe('why something was withheld is noted, and the entry does not tell that anything was', () => {
  test('of a read: what is here and what is not leave entries of one form and length', async () => {
    const closed = await noted(() => node.send('GET', 'Patient/closed'));
    const absent = await noted(() => node.send('GET', 'Patient/absent'));
    expect(closed.opened).toEqual(['privacy-individual-request: 45 CFR 171.202(e)']);
    expect(absent.opened).toEqual([]);
    expect(closed.text.length).toBe(absent.text.length);
  });

  test('of a search that finds the rest', async () => {
    const some = await noted(() => node.search('Observation'));
    expect(some.opened).toEqual(['privacy-individual-request: 45 CFR 171.202(e)']);
    const none = await noted(() => node.search('Observation?patient=open'));
    expect(none.opened).toEqual([]);
  });

  test('of an entry of a batch', async () => {
    const entry = [{ request: { method: 'GET', url: 'Patient/closed' } }];
    const batch = { resourceType: 'Bundle', type: 'batch', entry };
    expect((await noted(() => node.send('POST', '', { body: batch }))).opened).toHaveLength(1);
  });

  test('of a token that does not reach so far', async () => {
    const as = { scope: 'system/Patient.r' };
    const refused = await noted(() => node.send('GET', 'Observation/open', { as }));
    expect(refused.opened).toEqual(['security: 45 CFR 171.203']);
  });

  test('of a purpose, and of software that says BTG without having broken anything', async () => {
    const research = await noted(() =>
      node.send('GET', 'Patient/open', { as: { purpose_of_use: ['HRESCH'] } }),
    );
    expect(research.opened).toEqual(['privacy-precondition: 45 CFR 171.202(b)']);
    const saying = { as: { purpose_of_use: ['BTG'] } };
    expect((await node.send('GET', 'Patient/closed', saying)).status).toBe(404);
    expect((await node.send('GET', 'Patient/open', saying)).status).toBe(404);
  });

  test('and what was shown whole, or written past something hidden, has no note', async () => {
    expect((await noted(() => node.send('GET', 'Patient/open'))).opened).toBeUndefined();
    const headers = { 'if-none-exist': 'subject=Patient/closed' };
    const body = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
    const create = () => node.send('POST', 'Observation', { body, headers });
    expect((await noted(create)).opened).toBeUndefined();
  });

  test('of a part that is left out: the clinic sees that it is, and the entry says why', async () => {
    const security = [{ url: INLINE, valueCoding: { system: ACT_CODE, code: 'PSYTHPN' } }];
    const note = [{ extension: security, text: 'from a session' }];
    const author = [{ reference: 'Practitioner/therapist' }];
    const written = { resourceType: 'Observation', id: 'part', status: 'final', code: { text: 'x' } };
    const whole = { ...written, performer: author, note, subject: { reference: 'Patient/open' } };
    const as = { fhirUser: 'Practitioner/therapist', scope: 'user/*.cruds' };
    expect((await node.send('PUT', 'Observation/part', { body: whole, as })).status).toBe(201);
    const read = await noted(() => node.send('GET', 'Observation/part'));
    expect(read.opened).toEqual(['required-by-law: 45 CFR 171.103(a)(1); 45 CFR 164.508(a)(2)']);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RefusalSeal } from '../audit/index.ts';
import { FhirNode } from './suite/index.ts';

/** The key with which the suite's node seals. */
const KEY = Buffer.alloc(32, 6);

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

  test('and what was shown whole has no note', async () => {
    expect((await noted(() => node.send('GET', 'Patient/open'))).opened).toBeUndefined();
  });
});

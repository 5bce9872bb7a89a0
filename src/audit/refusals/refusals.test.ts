import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessEvent, RefusalSeal } from '../index.ts';
import { client, Desk } from '../suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const PRIVACY = 'privacy-individual-request: 45 CFR 171.202(e)';

async function refused(exceptions: readonly string[], status = 404): Promise<string> {
  const audit = accessEvent({
    organisation: 'st-mary',
    time: desk.time,
    requestId: 'request-1',
    principal: client,
    action: 'R',
    subtype: 'read',
    status,
    detail: 'not-found',
    patients: [],
    objects: [],
    consents: [],
    withheld: desk.refusals.seal(exceptions, 'request-1'),
  });
  await desk.node.vault.commit({ audits: [audit] });
  return audit.id;
}

test('an AuditEvent does not say whether anything was withheld: neither by its words nor by its length', async () => {
  const texts = await Promise.all(
    [[], [PRIVACY]].map(async (exceptions) => {
      const id = await refused(exceptions);
      return (await desk.node.vault.read('AuditEvent', id))?.text ?? '';
    }),
  );
  expect(texts[0]?.length).toBe(texts[1]?.length);
  expect(texts.join()).not.toContain('171');
});

test('the privacy officer reads which exception applies, and nobody else does', async () => {
  const id = await refused([PRIVACY]);
  const nothing = await refused([]);
  for (const as of ['staff', 'clinician', 'reader', 'p1'])
    expect((await desk.ask('GET', `/audit/refusals?event=${id}`, as)).status).toBe(403);
  const one = await desk.ask('GET', `/audit/refusals?event=${id}`, 'officer');
  expect(one.body.refusals).toMatchObject([{ event: id, code: 'not-found', exceptions: [PRIVACY] }]);
  const all = await desk.ask('GET', '/audit/refusals', 'officer');
  const events = all.body.refusals.map(({ event }: { event: string }) => event);
  expect(events).toContain(id);
  expect(events).not.toContain(nothing);
  expect((await desk.ask('GET', `/audit/refusals?event=${nothing}`, 'officer')).body.refusals).toMatchObject([
    { exceptions: [] },
  ]);
  expect((await desk.ask('GET', `/audit/refusals?event=${'0'.repeat(32)}`, 'officer')).status).toBe(404);
  expect((await desk.ask('GET', '/audit/refusals?event=x', 'officer')).status).toBe(400);
});

test('a note opens with its own request alone, under its own key, and what does not fit is counted', () => {
  const seal = new RefusalSeal(Buffer.alloc(32, 1));
  const sealed = seal.seal([PRIVACY], 'a');
  expect(seal.open(sealed, 'a')).toEqual([PRIVACY]);
  expect(seal.open(sealed, 'b')).toBeUndefined();
  expect(new RefusalSeal(Buffer.alloc(32, 2)).open(sealed, 'a')).toBeUndefined();
  const many = Array.from({ length: 20 }, (_, index) => `${PRIVACY} ${index}`);
  const opened = seal.open(seal.seal(many, 'a'), 'a') ?? [];
  expect(opened.at(-1)).toBe(`and ${20 - (opened.length - 1)} more`);
  expect(seal.seal(many, 'a')).toHaveLength(sealed.length);
});

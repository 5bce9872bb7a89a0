import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Desk } from '../suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.node.patient('p1', new Uint8Array(32).fill(1));
  await desk.node.patient('p2', new Uint8Array(32).fill(2));
});
afterAll(() => desk.close());

const send = (path: string, as: string, body?: object) =>
  desk.ask(body === undefined ? 'GET' : 'POST', `/audit/requests${path}`, as, body);
const amendment = { kind: 'amendment', patient: 'p1', object: 'Patient/p1', text: 'My name is spelt wrong.' };
const day = (text: string) => {
  desk.time = new Date(`${text}T12:00:00.000Z`);
};

describe('a request of an individual', () => {
  test('is the patient’s own or made by an officer for them, about a record of theirs', async () => {
    day('2026-01-01');
    expect((await send('', 'p2', amendment)).status).toBe(403);
    expect((await send('', 'staff', amendment)).status).toBe(403);
    expect((await send('', 'p1', { ...amendment, object: undefined })).status).toBe(400);
    expect((await send('', 'p1', { ...amendment, text: '' })).status).toBe(400);
    expect((await send('', 'p1', { ...amendment, kind: 'erasure' })).status).toBe(400);
    const foreign = await send('', 'p1', { ...amendment, object: 'Patient/p2' });
    const absent = await send('', 'p1', { ...amendment, object: 'Patient/p9' });
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect(foreign.text.replace('p2', 'p9')).toBe(absent.text);
    expect((await send('', 'officer', { ...amendment, patient: 'p9' })).status).toBe(404);
  });

  test.each([
    ['access', '2026-01-31', '2026-03-02', '45 CFR 164.524(b)(2)(i)'],
    ['amendment', '2026-03-02', '2026-04-01', '45 CFR 164.526(b)(2)(i)'],
    ['accounting', '2026-03-02', '2026-04-01', '45 CFR 164.528(c)(1)(i)'],
  ])('for %s is due by %s, once extended by %s at the latest', async (kind, due, latest, clause) => {
    day('2026-01-01');
    const { status, body } = await send('', 'p1', { ...amendment, kind });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'open', due: `${due}T12:00:00.000Z`, clause, overdue: false });
    const more = (until: string, as = 'officer') =>
      send(`/${body.id}/extend`, as, { until, text: 'The archive is being moved.' });
    expect((await more(latest, 'p1')).status).toBe(403);
    expect((await more('2026-04-20')).status).toBe(400);
    expect((await more('2026-01-20')).status).toBe(400);
    day('2026-04-10');
    expect((await more(latest)).body.code).toBe('too-late');
    expect((await send(`/${body.id}`, 'p1')).body.overdue).toBe(true);
    day('2026-01-20');
    const extended = await more(latest);
    expect(extended.body).toMatchObject({ due: `${latest}T00:00:00.000Z`, overdue: false });
    expect((await more(latest)).body.code).toBe('out-of-order');
  });

  test('is nobody else’s to see, and there is no telling that it exists', async () => {
    const { body } = await send('', 'p1', amendment);
    const [foreign, absent] = [await send(`/${body.id}`, 'p2'), await send(`/${'0'.repeat(32)}`, 'p2')];
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    expect((await send('?patient=p1', 'p2')).status).toBe(403);
    expect((await send('', 'p1')).status).toBe(403);
    expect((await send('?patient=p1', 'p1')).body.requests.length).toBeGreaterThan(0);
    expect((await send('', 'staff')).body.requests.length).toBeGreaterThan(0);
    expect((await send(`/${body.id}/disagree`, 'p2', { text: 'mine' })).status).toBe(404);
  });

  test('for an accounting is free once in twelve months', async () => {
    day('2027-06-01');
    const accounting = { kind: 'accounting', patient: 'p2', text: 'Who was told of me?' };
    expect((await send('', 'p2', accounting)).body.free).toBe(true);
    expect((await send('', 'p2', accounting)).body.free).toBe(false);
    day('2028-06-02');
    expect((await send('', 'p2', accounting)).body.free).toBe(true);
  });
});

describe('an amendment', () => {
  test('is granted with the versions that it made, which are the patient’s', async () => {
    const { body } = await send('', 'p1', amendment);
    const grant = (amended?: string[]) =>
      send(`/${body.id}/grant`, 'officer', {
        text: 'Corrected.',
        ...(amended === undefined ? {} : { amended }),
      });
    expect((await grant()).status).toBe(400);
    expect((await grant(['Patient/p2/_history/1'])).status).toBe(404);
    expect((await grant(['Patient/p1/_history/9'])).status).toBe(404);
    expect((await send(`/${body.id}/grant`, 'p1', { text: 'Yes.' })).status).toBe(403);
    expect((await grant(['Patient/p1/_history/1'])).body).toMatchObject({ status: 'granted' });
    expect((await grant(['Patient/p1/_history/1'])).body.code).toBe('out-of-order');
  });

  test('is denied on the grounds of the rule only, disagreed with once, rebutted once', async () => {
    const { body } = await send('', 'p1', amendment);
    const step = (name: string, as: string, said: object) => send(`/${body.id}/${name}`, as, said);
    const denial = { ground: 'accurate-and-complete', text: 'It is as in your passport.' };
    expect((await step('deny', 'officer', { ...denial, ground: 'too-much-work' })).status).toBe(400);
    expect((await step('disagree', 'p1', { text: 'But it is wrong.' })).body.code).toBe('out-of-order');
    const denied = (await step('deny', 'officer', denial)).body;
    expect(denied).toMatchObject({
      status: 'denied',
      nextSteps: expect.stringContaining('statement of disagreement'),
    });
    expect(denied.steps.at(-1).clause).toBe('45 CFR 164.526(a)(2)(iv)');
    expect((await step('rebut', 'officer', { text: 'No.' })).body.code).toBe('out-of-order');
    expect((await step('disagree', 'p1', { text: 'But it is wrong.' })).body.status).toBe('disputed');
    expect((await step('disagree', 'p1', { text: 'Again.' })).body.code).toBe('out-of-order');
    const rebutted = (await step('rebut', 'officer', { text: 'The passport was shown.' })).body;
    expect(rebutted.steps.map(({ what }: { what: string }) => what)).toEqual([
      'received',
      'denied',
      'disagreed',
      'rebutted',
    ]);
    expect(rebutted.events).toHaveLength(4);
    expect((await step('rebut', 'officer', { text: 'Again.' })).body.code).toBe('out-of-order');
  });

  test('that is disputed stands beside the record, in the patient’s compartment, for every later disclosure', async () => {
    const { hits } = await desk.node.vault.compartment({ patient: 'p1', limit: 50 });
    const found = hits.filter(({ type }) => type === 'Communication');
    expect(found).toHaveLength(1);
    const stored = await desk.node.vault.read('Communication', found[0]?.id ?? '');
    expect(stored?.version).toBe(2);
    const { about, payload, subject } = JSON.parse(stored?.text ?? '{}');
    expect([about, subject]).toEqual([[{ reference: 'Patient/p1' }], { reference: 'Patient/p1' }]);
    const texts = payload.map(({ contentString }: { contentString: string }) => contentString).join('\n');
    for (const said of ['spelt wrong', 'as in your passport', 'But it is wrong', 'passport was shown'])
      expect(texts).toContain(said);
  });

  test('has each step in the log, and what it says is under the patient’s key', async () => {
    const { body } = await send('', 'p1', amendment);
    const opening = await desk.node.vault.opening(body.events[0]);
    expect(opening?.event).toMatchObject({ kind: 'rights', object: `request/${body.id}/1` });
    expect(opening?.content).toContain('spelt wrong');
    expect(JSON.stringify(opening?.event)).not.toContain('spelt');
  });
});

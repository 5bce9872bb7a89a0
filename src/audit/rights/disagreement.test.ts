import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Desk } from '../suite/desk.ts';
import { disagreement, disputesAt } from '../suite/disputes.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.node.patient('p1', new Uint8Array(32).fill(1));
  await desk.node.patient('p2', new Uint8Array(32).fill(2));
});
afterAll(() => desk.close());

const { post, denied, overwrite } = disputesAt(() => desk);

const communication = (id: string, patient: string) => ({
  resourceType: 'Communication',
  id,
  status: 'completed',
  subject: { reference: `Patient/${patient}` },
  payload: [{ contentString: 'Something else.' }],
});

/** The process ends after the vault has committed and before the request's row is written. */
function endBeforeTheRow(): void {
  const { store } = desk;
  const put = store.put.bind(store);
  store.put = () => {
    store.put = put;
    throw new Error('the process ended here');
  };
}

describe('request and denial, to go with later disclosures without a statement', () => {
  const asked = { text: 'Tell whoever is given my record.' };
  const told = async (id: string) => (await desk.node.vault.read('Communication', id))?.text;

  test('are enclosed for the patient alone, or by an officer for them', async () => {
    const id = await denied();
    const absent = await post(`/${'0'.repeat(32)}/enclose`, 'app', asked);
    for (const who of ['narrow-app', 'app', 'p2', 'staff']) {
      const { status, text } = await post(`/${id}/enclose`, who, asked);
      expect([who, status, text]).toEqual([who, 404, absent.text]);
    }
    expect(await told(id)).toBeUndefined();
    expect((await post(`/${id}/enclose`, 'officer', asked)).status).toBe(200);
  });

  test('are enclosed of an amendment that was denied, once, and not where a statement goes already', async () => {
    const said = { kind: 'amendment', patient: 'p1', object: 'Patient/p1', text: 'My name is spelt wrong.' };
    const open = (await post('', 'p1', said)).body.id;
    expect((await post(`/${open}/enclose`, 'p1', asked)).body.code).toBe('out-of-order');
    const disputed = await denied();
    await post(`/${disputed}/disagree`, 'p1', disagreement);
    expect((await post(`/${disputed}/enclose`, 'p1', asked)).body.code).toBe('out-of-order');
    const id = await denied();
    expect((await post(`/${id}/enclose`, 'p1', asked)).body.status).toBe('denied');
    expect((await post(`/${id}/enclose`, 'p1', asked)).body.code).toBe('out-of-order');
  });

  test('stand in the patient’s compartment only once that was asked for, and a statement still follows', async () => {
    const id = await denied();
    expect(await told(id)).toBeUndefined();
    await post(`/${id}/enclose`, 'p1', asked);
    const { about, payload, subject } = JSON.parse((await told(id)) ?? '{}');
    expect([about, subject]).toEqual([[{ reference: 'Patient/p1' }], { reference: 'Patient/p1' }]);
    expect(payload.map(({ contentString }: { contentString: string }) => contentString)).toEqual([
      expect.stringContaining('My name is spelt wrong.'),
      expect.stringContaining('It is as in your passport.'),
    ]);
    expect((await post(`/${id}/disagree`, 'p1', disagreement)).body.status).toBe('disputed');
    const stored = await desk.node.vault.read('Communication', id);
    expect([stored?.version, JSON.parse(stored?.text ?? '{}').payload.length]).toEqual([2, 3]);
  });

  test('do not take the place of another resource of their id', async () => {
    const id = await denied();
    await desk.node.store(communication(id, 'p1'));
    expect((await post(`/${id}/enclose`, 'p1', asked)).body.code).toBe('occupied');
  });
});

describe('a statement of disagreement', () => {
  test('is filed by the patient and an officer for them, by no app that has the patient in context', async () => {
    const id = await denied();
    const absent = await post(`/${'0'.repeat(32)}/disagree`, 'app', disagreement);
    for (const who of ['narrow-app', 'app', 'p2', 'staff']) {
      const { status, text } = await post(`/${id}/disagree`, who, disagreement);
      expect([who, status, text]).toEqual([who, 404, absent.text]);
    }
    expect((await post(`/${id}/disagree`, 'officer', disagreement)).status).toBe(200);
  });

  test('does not take the place of another resource of its id, and is filed once that is deleted', async () => {
    for (const patient of ['p1', 'p2']) {
      const id = await denied();
      await desk.node.store(communication(id, patient));
      const refused = await post(`/${id}/disagree`, 'p1', disagreement);
      expect([refused.status, refused.body.code]).toEqual([409, 'occupied']);
      expect((await desk.node.vault.read('Communication', id))?.text).toContain('Something else.');
      await overwrite(id, undefined);
      expect((await post(`/${id}/disagree`, 'p1', disagreement)).body.status).toBe('disputed');
      const stored = await desk.node.vault.read('Communication', id);
      expect([stored?.version, stored?.text?.includes('But it is wrong.')]).toEqual([3, true]);
    }
  });

  test('is filed again after the process ended in the midst of it, and so is the rebuttal', async () => {
    const id = await denied();
    endBeforeTheRow();
    expect((await post(`/${id}/disagree`, 'p1', disagreement)).status).toBe(500);
    expect((await post(`/${id}/disagree`, 'p1', disagreement)).body.status).toBe('disputed');
    const rebuttal = { text: 'The passport was shown.' };
    endBeforeTheRow();
    expect((await post(`/${id}/rebut`, 'officer', rebuttal)).status).toBe(500);
    const { status, body } = await post(`/${id}/rebut`, 'officer', rebuttal);
    expect([status, body.steps.at(-1).what]).toEqual([200, 'rebutted']);
    const stored = await desk.node.vault.read('Communication', id);
    expect(stored?.text?.match(/But it is wrong/g)).toHaveLength(1);
    expect(stored?.text?.match(/passport was shown/g)).toHaveLength(1);
  });

  test('is rebutted in its own words only, not in those that somebody put in its place', async () => {
    const id = await denied();
    await post(`/${id}/disagree`, 'p1', disagreement);
    const { text = '' } = (await desk.node.vault.read('Communication', id)) ?? {};
    await overwrite(id, text.replace('But it is wrong.', 'It is right.'));
    const refused = await post(`/${id}/rebut`, 'officer', { text: 'No.' });
    expect([refused.status, refused.body.code]).toEqual([409, 'occupied']);
  });
});

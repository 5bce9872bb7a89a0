import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_CODE_SETS, DEFAULT_LABEL_RULES, labelRules } from '../../consent/index.ts';
import { decisionFacts, parseResource } from '../../r4/index.ts';
import type { VersionWrite } from '../../vault/index.ts';
import { StandingStatements } from '../index.ts';
import { Desk } from '../suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.node.patient('p1', new Uint8Array(32).fill(1));
  await desk.node.patient('p2', new Uint8Array(32).fill(2));
});
afterAll(() => desk.close());

const post = (path: string, as: string, body: object) => desk.ask('POST', `/audit/requests${path}`, as, body);
const disagreement = { text: 'But it is wrong.' };

/** The id of a request for an amendment that was denied. */
async function denied(object = 'Patient/p1'): Promise<string> {
  const said = { kind: 'amendment', patient: 'p1', object, text: 'My name is spelt wrong.' };
  const { id } = (await post('', 'p1', said)).body;
  const denial = { ground: 'accurate-and-complete', text: 'It is as in your passport.' };
  expect((await post(`/${id}/deny`, 'officer', denial)).status).toBe(200);
  return id;
}

const communication = (id: string, patient: string) => ({
  resourceType: 'Communication',
  id,
  status: 'completed',
  subject: { reference: `Patient/${patient}` },
  payload: [{ contentString: 'Something else.' }],
});

/** Another text as the second version of a Communication; none deletes it. */
async function overwrite(id: string, text: string | undefined): Promise<void> {
  const stored = await desk.node.vault.read('Communication', id);
  if (stored === undefined) throw new Error('there is no such Communication');
  const { type, patients } = stored;
  const facts = text === undefined ? stored.facts : decisionFacts(parseResource(text).resource);
  const lastUpdated = new Date().toISOString();
  const version = { type, id, version: 2, lastUpdated, patients, facts, index: [], actor: 'test' };
  await desk.vault.commit({ versions: [text === undefined ? version : { ...version, text }] });
}

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

describe('what is told of a labelled record', () => {
  const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
  const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
  const label = (code: string) => ({ system: ACT_CODE, code });
  const restricted = { system: CONFIDENTIALITY, code: 'R' };
  const normal = { system: CONFIDENTIALITY, code: 'N' };
  /** HIV disease, by ICD-10-CM: labelled by its code alone. */
  const hiv = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' }] };
  const condition = (id: string, more: object) => ({
    resourceType: 'Condition',
    id,
    subject: { reference: 'Patient/p1' },
    ...more,
  });
  const security = async (id: string) => {
    const { text = '{}' } = (await desk.node.vault.read('Communication', id)) ?? {};
    return JSON.parse(text).meta.security;
  };
  /** A version of a Condition; none deletes it. */
  const write = async (id: string, version: number, more: object | undefined) => {
    const { resource, text } = parseResource(JSON.stringify(condition(id, more ?? {})));
    const facts = decisionFacts(resource);
    const lastUpdated = new Date().toISOString();
    const whole = {
      type: 'Condition',
      id,
      version,
      lastUpdated,
      patients: ['p1'],
      facts,
      index: [],
      actor: 'test',
    };
    await desk.vault.commit({ versions: [more === undefined ? whole : { ...whole, text }] });
  };

  test.each(['enclose', 'disagree'])('carries its labels, stored and computed, after %s', async (step) => {
    const id = `${step}-hiv`;
    await write(id, 1, { code: hiv, meta: { security: [label('42CFRPart2')] } });
    const request = await denied(`Condition/${id}`);
    expect((await post(`/${request}/${step}`, 'p1', disagreement)).status).toBe(200);
    expect(await security(request)).toEqual([restricted, label('42CFRPart2'), label('HIV')]);
  });

  test('carries those that it had when the amendment was asked for, that it has now, and that were put on the statement', async () => {
    await write('amended', 1, { code: hiv });
    const request = await denied('Condition/amended');
    await write('amended', 2, { meta: { security: [label('SDV')] } });
    expect((await post(`/${request}/disagree`, 'p1', disagreement)).status).toBe(200);
    expect(await security(request)).toEqual([restricted, label('HIV'), label('SDV')]);
    const { text = '' } = (await desk.node.vault.read('Communication', request)) ?? {};
    const { meta, ...said } = JSON.parse(text);
    await overwrite(request, JSON.stringify({ ...said, meta: { ...meta, security: [label('PSY')] } }));
    expect((await post(`/${request}/rebut`, 'officer', { text: 'No.' })).status).toBe(200);
    expect(await security(request)).toEqual([restricted, label('HIV'), label('PSY'), label('SDV')]);
  });

  test('carries them after the record is deleted', async () => {
    await write('deleted', 1, { meta: { security: [label('SEX')] } });
    const request = await denied('Condition/deleted');
    await write('deleted', 2, undefined);
    expect((await post(`/${request}/enclose`, 'p1', disagreement)).status).toBe(200);
    expect(await security(request)).toEqual([restricted, label('SEX')]);
  });

  const disputed = async (object: string) => {
    const request = await denied(object);
    expect((await post(`/${request}/disagree`, 'p1', disagreement)).status).toBe(200);
    return request;
  };

  test('is found and labelled although the entry of another request is missing, which is told', async () => {
    await write('whole', 1, {});
    const request = await disputed('Condition/whole');
    const row = desk.store.get<{ id: string; events: string[] }>('request', request);
    desk.store.put('request', 'damaged', { ...row, id: 'damaged', events: ['0'.repeat(32)] }, 'p1');
    const started = desk.openStatements();
    desk.faults.length = 0;
    await started.load();
    desk.store.remove('request', 'damaged');
    await started.round();
    expect(desk.faults).toMatchObject([{ code: 'damaged' }]);
    expect(await security(request)).toEqual([normal]);
  });

  test('carries what its record is labelled with later, from the moment that whoever wrote it is answered', async () => {
    await write('later', 1, {});
    const request = await disputed('Condition/later');
    expect(await security(request)).toEqual([normal]);
    await write('later', 2, { code: hiv });
    expect(await security(request)).toEqual([restricted, label('HIV')]);
    await write('later', 3, { meta: { security: [label('SDV')] } });
    expect(await security(request)).toEqual([restricted, label('HIV'), label('SDV')]);
    const stored = await desk.node.vault.read('Communication', request);
    expect([stored?.version, stored?.text?.includes('But it is wrong.')]).toEqual([3, true]);
    await write('later', 4, { meta: { security: [label('SDV')] }, note: [{ text: 'as before' }] });
    expect((await desk.node.vault.head('Communication', request))?.version).toBe(3);
    expect((await post(`/${request}/rebut`, 'officer', { text: 'No.' })).status).toBe(200);
    expect(await security(request)).toEqual([restricted, label('HIV'), label('SDV')]);
  });

  test('carries them again when somebody has taken them off, or put other words in its place', async () => {
    await write('stripped', 1, { code: hiv });
    const request = await disputed('Condition/stripped');
    const { text = '' } = (await desk.node.vault.read('Communication', request)) ?? {};
    const { meta: _meta, ...said } = JSON.parse(text);
    await overwrite(request, JSON.stringify({ ...said, payload: [{ contentString: 'It is HIV.' }] }));
    expect(await security(request)).toEqual([restricted, label('HIV')]);
  });

  test('carries those of a statement that it is about itself', async () => {
    await write('chained', 1, {});
    const first = await disputed('Condition/chained');
    const second = await disputed(`Communication/${first}`);
    expect(await security(second)).toEqual([normal]);
    await write('chained', 2, { code: hiv });
    expect(await security(second)).toEqual([restricted, label('HIV')]);
  });

  /** Statements as a process that starts has them, over a vault that a test counts the reads of, or lets fail. */
  const startedOver = async (asking: (what: 'read' | 'transact') => void) => {
    const faults: unknown[] = [];
    const statements = new StandingStatements({
      vault: {
        read: (...asked) => {
          asking('read');
          return desk.node.vault.read(...asked);
        },
        transact: (locks, build) => {
          asking('transact');
          return desk.node.vault.transact(locks, build);
        },
      },
      labels: DEFAULT_LABEL_RULES,
      rights: desk.rights,
      now: () => desk.time,
      onFault: (error) => faults.push(error),
    });
    await statements.load();
    return { statements, faults };
  };
  const stored = async (id: string) => {
    const version = await desk.node.vault.read('Condition', id);
    if (version === undefined) throw new Error('there is no such Condition');
    return [version] as unknown as VersionWrite[];
  };

  test('reads of each write of the record only what is new', async () => {
    await write('often', 1, {});
    await disputed('Condition/often');
    let reads = 0;
    const { statements } = await startedOver((what) => {
      if (what === 'read') reads += 1;
    });
    await statements.round();
    const readOf: number[] = [];
    for (let version = 2; version <= 40; version += 1) {
      await write('often', version, { note: [{ text: `as of ${version}` }] });
      reads = 0;
      await statements.written(await stored('often'));
      readOf.push(reads);
    }
    // The newest version, the one before it, and the statement.
    expect(Math.max(...readOf)).toBeLessThanOrEqual(3);
  });

  test('waits where it cannot be labelled: that is told once, holds up no other, and ends by itself', async () => {
    const secret = { system: 'urn:st-mary:codes', code: 'later' };
    await write('full', 1, { code: { coding: [secret] } });
    const request = await disputed('Condition/full');
    let isFull = true;
    const { statements, faults } = await startedOver((what) => {
      if (isFull && what === 'transact') throw new Error('the disk is full');
    });
    const { waiting } = statements;
    expect(waiting).toBeGreaterThan(0);
    await statements.round();
    await statements.round();
    expect([statements.waiting, faults.length]).toEqual([waiting, waiting]);
    await write('full', 2, { code: hiv });
    await expect(statements.written(await stored('full'))).rejects.toThrow('the disk is full');
    isFull = false;
    await statements.round();
    expect(statements.waiting).toBe(0);
    expect(await security(request)).toEqual([restricted, label('HIV')]);
  });

  test('carries those of rules that changed while the node was down', async () => {
    const ofHouse = { system: 'urn:st-mary:codes', code: 'secret' };
    await write('rules', 1, { code: { coding: [ofHouse] } });
    const request = await disputed('Condition/rules');
    expect(await security(request)).toEqual([normal]);
    const codes = { [ofHouse.system]: [ofHouse.code] };
    const set = { id: 'own', title: 'Own', labels: [`${ACT_CODE}|PSY`], source: 'ours', codes };
    const statements = desk.openStatements(labelRules([...DEFAULT_CODE_SETS, set]));
    await statements.load();
    await statements.round();
    expect(await security(request)).toEqual([restricted, label('PSY')]);
  });
});

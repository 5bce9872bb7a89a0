import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_CODE_SETS, DEFAULT_LABEL_RULES, type LabelRules, labelRules } from '../../consent/index.ts';
import { decisionFacts, parseResource } from '../../r4/index.ts';
import { StandingStatements } from '../index.ts';
import { Desk } from '../suite/desk.ts';
import { disagreement, disputesAt } from '../suite/disputes.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.node.patient('p1', new Uint8Array(32).fill(1));
});
afterAll(() => desk.close());

const { post, denied, overwrite } = disputesAt(() => desk);

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
  const startedOver = async (
    asking: (what: 'read' | 'transact') => unknown,
    labels: LabelRules = DEFAULT_LABEL_RULES,
  ) => {
    const faults: unknown[] = [];
    const statements = new StandingStatements({
      vault: {
        read: async (...asked) => {
          await asking('read');
          return desk.node.vault.read(...asked);
        },
        transact: async (locks, build) => {
          await asking('transact');
          return desk.node.vault.transact(locks, build);
        },
      },
      labels,
      rights: desk.rights,
      now: () => desk.time,
      onFault: (error) => faults.push(error),
    });
    await statements.load();
    return { statements, faults };
  };
  const stored = (id: string) => [{ type: 'Condition', id }];

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
      await statements.written(stored('often'));
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
    await expect(statements.written(stored('full'))).rejects.toThrow('the disk is full');
    isFull = false;
    await statements.round();
    expect(statements.waiting).toBe(0);
    expect(await security(request)).toEqual([restricted, label('HIV')]);
  });

  test('waits again for labels that could not be written, although an older run ends after that', async () => {
    await write('overtaken', 1, {});
    const request = await disputed('Condition/overtaken');
    const gate = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const runs: (() => unknown)[] = [];
    const { statements } = await startedOver((what) => (what === 'transact' ? runs.shift()?.() : undefined));
    await statements.round();
    expect(statements.waiting).toBe(0);
    const written = stored('overtaken');
    runs.push(
      () => {
        began.resolve();
        return gate.promise;
      },
      () => {
        throw new Error('the disk is full');
      },
    );
    const older = statements.written(written);
    await began.promise;
    await expect(statements.written(written)).rejects.toThrow('the disk is full');
    gate.resolve();
    await older;
    expect(statements.waiting).toBe(1);
    await statements.round();
    expect(statements.waiting).toBe(0);
    expect(await security(request)).toEqual([normal]);
  });

  const ofHouse = { system: 'urn:st-mary:codes', code: 'secret' };
  /** Rules by which a code of the house is mental health. */
  const ownRules = () => {
    const codes = { [ofHouse.system]: [ofHouse.code] };
    const set = { id: 'own', title: 'Own', labels: [`${ACT_CODE}|PSY`], source: 'ours', codes };
    return labelRules([...DEFAULT_CODE_SETS, set]);
  };

  test('keeps a label that somebody puts on it while it is labelled anew', async () => {
    await write('at-once', 1, { code: { coding: [ofHouse] } });
    const request = await disputed('Condition/at-once');
    const { text = '' } = (await desk.node.vault.read('Communication', request)) ?? {};
    const { meta, ...said } = JSON.parse(text);
    let isOnce = true;
    const { statements } = await startedOver(async (what) => {
      if (what !== 'transact' || !isOnce) return;
      isOnce = false;
      await overwrite(request, JSON.stringify({ ...said, meta: { ...meta, security: [label('SDV')] } }));
    }, ownRules());
    await statements.written(stored('at-once'));
    expect(isOnce).toBe(false);
    expect(await security(request)).toEqual([restricted, label('PSY'), label('SDV')]);
  });

  test('carries what its record was known to be labelled with, although that is erased before it can be written', async () => {
    await write('gone', 1, { code: { coding: [ofHouse] } });
    const request = await disputed('Condition/gone');
    let isFull = true;
    const { statements } = await startedOver((what) => {
      if (isFull && what === 'transact') throw new Error('the disk is full');
    }, ownRules());
    await statements.round();
    const record = { type: 'Condition', id: 'gone' };
    await desk.node.vault.erase({ record, reason: 'subject-request', actor: 'officer' });
    isFull = false;
    await statements.round();
    expect(statements.waiting).toBe(0);
    expect(await security(request)).toEqual([restricted, label('PSY')]);
  });

  test('carries those of rules that changed while the node was down', async () => {
    await write('rules', 1, { code: { coding: [ofHouse] } });
    const request = await disputed('Condition/rules');
    expect(await security(request)).toEqual([normal]);
    const statements = desk.openStatements(ownRules());
    await statements.load();
    await statements.round();
    expect(await security(request)).toEqual([restricted, label('PSY')]);
  });
});

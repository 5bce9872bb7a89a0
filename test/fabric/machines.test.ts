import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { until } from '../journeys/harness/until.ts';
import { Machines } from './harness/machines.ts';
import { done } from './harness/members.ts';
import {
  canBeRenewed,
  type KeptReceipt,
  keepReceipt,
  logsMoveOn,
  stillVerifies,
} from './harness/receipts.ts';

/** Processes of five machines start on one. */
const LONG_MS = 500_000;
const FOUNDERS = ['st-mary', 'lakeside', 'meridian', 'aurora'];
const ALL = [...FOUNDERS, 'harbour'];
const machines = new Machines(ALL);
const kept: KeptReceipt[] = [];

describeOnFabric('a network whose organisations have machines of their own', () => {
  beforeAll(() => machines.initialise(FOUNDERS), LONG_MS);
  afterAll(() => machines.end(), LONG_MS);

  test(
    'prepares each part on its own machine, and gives the others a card without any key',
    async () => {
      for (const id of FOUNDERS) {
        const made = await machines.prepare(id);
        done(made);
        expect(made.json).toMatchObject({
          organisation: id,
          card: machines.cardOf(id),
          host: machines.at(id).address,
        });
        expect(readFileSync(machines.cardOf(id), 'utf8')).not.toContain('PRIVATE');
      }
      const early = await machines.type('st-mary', 'up');
      expect([early.code, early.json.error.message]).toEqual([
        2,
        expect.stringContaining('holdfast ledger join'),
      ]);
    },
    LONG_MS,
  );

  test(
    'joins no channel that is not what the cards say',
    async () => {
      const made = await machines.type('st-mary', 'genesis', ...machines.cardsFor('st-mary', FOUNDERS));
      expect([made.code, made.json]).toMatchObject([0, { hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
      const block = machines.sent(made.json.block, 'lakeside');
      const join3 = (...cards: readonly string[]) =>
        machines.type('lakeside', 'join', '--block', block, ...cards);
      const missing = await join3(...machines.cardsFor('lakeside', ['st-mary', 'meridian']));
      expect([missing.code, missing.json.error]).toMatchObject([
        1,
        {
          code: 'block-differs',
          message: expect.stringContaining('It names aurora, whose card is not given'),
        },
      ]);
      const forged = join(machines.folder, 'forged.card.json');
      writeFileSync(
        forged,
        readFileSync(machines.cardOf('aurora'), 'utf8').replace('127.0.0.5', '127.0.0.9'),
      );
      const altered = await join3(
        ...machines.cardsFor('lakeside', ['st-mary', 'meridian']),
        '--card',
        forged,
      );
      expect([altered.code, altered.json.error.code]).toEqual([2, 'network-invalid']);
      const other = await join3(
        ...machines.cardsFor('lakeside', ['st-mary', 'meridian']),
        '--card',
        await machines.impostorOf('aurora'),
      );
      expect([other.code, other.json.error.code]).toEqual([1, 'block-differs']);
    },
    LONG_MS,
  );

  test(
    'works once every operator has joined, with nothing sent but cards and one block',
    async () => {
      const block = join(machines.at('st-mary').network, 'genesis.block');
      await machines.joinAll(block, FOUNDERS);
      kept.push(await keepReceipt(machines.at('meridian').member, 'before an organisation joined'));
      for (const id of FOUNDERS) {
        const seen = await until(
          `${id} sees nothing to look at`,
          async () => {
            const status = await machines.type(id, 'status');
            return status.code === 0 ? status.json : undefined;
          },
          60_000,
        );
        expect(seen.drift).toEqual([]);
        expect(seen.elsewhere.sort()).toEqual(FOUNDERS.filter((each) => each !== id).sort());
      }
    },
    LONG_MS,
  );

  test(
    'takes in a fifth that runs elsewhere, each member signing only what it computed itself',
    async () => {
      const id = (await machines.nodes.get('st-mary')?.send('/.well-known/holdfast'))?.json.ledger.id;
      expect((await machines.prepare('harbour', '--ledger', id)).code).toBe(0);
      const card = (member: string) => ['--card', machines.sent(machines.cardOf('harbour'), member)];
      const early = await machines.type('st-mary', 'add-org', ...card('st-mary'));
      expect([early.code, early.json.error.code]).toEqual([1, 'not-agreed']);
      expect((await machines.type('st-mary', 'add-org', ...card('st-mary'), '--propose')).json).toMatchObject(
        {
          agreed: false,
        },
      );
      expect(
        (await machines.type('lakeside', 'add-org', ...card('lakeside'), '--approve')).json,
      ).toMatchObject({
        agreed: false,
      });
      const forged = await machines.impostorOf('harbour', '--ledger', id);
      const fooled = await machines.type('aurora', 'add-org', '--card', forged, '--approve');
      expect([fooled.code, fooled.json.error.code]).toEqual([1, 'not-agreed']);
      expect((await machines.type('aurora', 'add-org', ...card('aurora'), '--approve')).json).toMatchObject({
        agreed: true,
      });

      const swapped = await machines.type('st-mary', 'add-org', '--card', forged);
      expect([swapped.code, swapped.json.error]).toMatchObject([
        1,
        { code: 'not-agreed', message: expect.stringContaining('not signed by a key that membership has') },
      ]);
      const first = await machines.type('st-mary', 'add-org', ...card('st-mary'));
      expect([first.code, first.json.error.code]).toEqual([1, 'majority-missing']);
      const update = (from: string, to: string) => machines.update('add-harbour', from, to);
      const other = await machines.type('lakeside', 'mend', ...update('st-mary', 'lakeside'));
      expect(other.json).toEqual({ mended: false });
      const second = await machines.type(
        'lakeside',
        'add-org',
        ...card('lakeside'),
        ...update('st-mary', 'lakeside'),
      );
      expect([second.code, second.json.error.message]).toEqual([
        1,
        expect.stringContaining('Signed by st-mary, lakeside'),
      ]);
      const third = await machines.type(
        'aurora',
        'add-org',
        ...card('aurora'),
        ...update('lakeside', 'aurora'),
      );
      done(third);
      for (const member of ['st-mary', 'lakeside', 'meridian'])
        expect((await machines.type(member, 'add-org', ...card(member))).code).toBe(0);

      const { genesis, configuration } = third.json;
      const blocks = [
        '--block',
        machines.sent(genesis, 'harbour'),
        '--configuration',
        machines.sent(configuration, 'harbour'),
      ];
      const joined = await machines.type(
        'harbour',
        'join',
        ...blocks,
        ...machines.cardsFor('harbour', FOUNDERS),
      );
      done(joined);
      await machines.start('harbour');
      kept.push(await keepReceipt(machines.at('harbour').member, 'of the newcomer'));
      const seen = await machines.type('harbour', 'status');
      expect([seen.json.drift, seen.json.elsewhere.sort()]).toEqual([[], FOUNDERS.toSorted()]);
    },
    LONG_MS,
  );

  test(
    'renews the certificates of one, whose new card the others sign',
    async () => {
      const own = ['--org', `lakeside=${machines.at('lakeside').member.data}`];
      const asked = await machines.type('lakeside', 'rotate', ...own);
      expect([asked.code, asked.json.error.code]).toEqual([1, 'majority-missing']);
      const signed = (id: string, from: string) =>
        machines.type(
          id,
          'rotate',
          '--card',
          machines.sent(machines.cardOf('lakeside'), id),
          ...machines.update('rotate-lakeside', from, id),
        );
      const wrong = await machines.type(
        'harbour',
        'rotate',
        '--card',
        machines.sent(machines.cardOf('lakeside'), 'harbour'),
        '--update',
        join(machines.at('st-mary').network, 'add-harbour.update'),
      );
      expect([wrong.code, wrong.json.error.code]).toEqual([1, 'update-differs']);
      expect((await signed('harbour', 'lakeside')).json.error.code).toBe('majority-missing');
      expect((await signed('meridian', 'harbour')).json).toMatchObject({ organisation: 'lakeside' });
      const rotated = await machines.type('lakeside', 'rotate', ...own);
      done(rotated);
      kept.push(await keepReceipt(machines.at('lakeside').member, 'after its certificates were renewed'));
      for (const id of ALL) expect([id, (await machines.type(id, 'status')).json.drift]).toEqual([id, []]);
    },
    LONG_MS,
  );

  test(
    'keeps its promises: receipts verify and are renewed by others',
    async () => {
      await logsMoveOn(kept.map(({ owner }) => owner));
      for (const each of kept) {
        expect([each.when, stillVerifies(each)]).toEqual([each.when, true]);
        expect([each.when, await canBeRenewed(each, machines.at('st-mary').member)]).toEqual([
          each.when,
          true,
        ]);
      }
    },
    LONG_MS,
  );
});

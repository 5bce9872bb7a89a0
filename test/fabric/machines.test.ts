import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleChaincode } from '../../scripts/chaincode.ts';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { ROOT, temporaryFolder } from '../journeys/harness/checkout.ts';
import { freePort, type RunningNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';
import { done, initialised, ledger, type Member, started } from './harness/members.ts';
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
const folder = temporaryFolder('machines');
const bundle = join(folder, 'holdfast.mjs');
const firstPort = 24_000 + (process.pid % 140) * 60;

/** One machine: a folder of its own, an address of its own, and an operator who types there. */
interface Machine {
  readonly id: string;
  readonly network: string;
  readonly address: string;
  readonly member: Member;
}
const machines = new Map<string, Machine>();
const nodes = new Map<string, RunningNode>();
const kept: KeptReceipt[] = [];

const at = (id: string): Machine => {
  const machine = machines.get(id);
  if (machine === undefined) throw new Error(`there is no machine of ${id}`);
  return machine;
};
const type = (id: string, ...given: readonly string[]) => ledger(at(id).network, ...given);
const cardOf = (id: string) => join(at(id).network, `${id}.card.json`);
/** A file that one operator sends to another. */
function sent(file: string, to: string): string {
  const received = join(folder, `${to}-received-${file.split('/').at(-1)}`);
  copyFileSync(file, received);
  return received;
}
const cardsFor = (id: string, from: readonly string[]) =>
  from.filter((each) => each !== id).flatMap((each) => ['--card', sent(cardOf(each), id)]);
const start = async (id: string) => nodes.set(id, await started(at(id).member));

async function prepared(id: string, ...more: readonly string[]) {
  const place = ALL.indexOf(id);
  const { address, member } = at(id);
  const own = ['--org', `${id}=${member.data}`, '--host', address, '--listen', address];
  return type(
    id,
    'prepare',
    ...own,
    '--base-port',
    String(firstPort + place * 10),
    '--chaincode',
    bundle,
    ...more,
  );
}

/** A card in an organisation's name and for its address, by somebody with authorities of their own. */
async function impostorOf(id: string, ...more: readonly string[]): Promise<string> {
  const network = join(folder, `impostor-of-${id}`);
  const { data } = await initialised(network, id, 1);
  const { address } = at(id);
  const port = String(firstPort + ALL.indexOf(id) * 10);
  const place = ['--host', address, '--listen', address, '--base-port', port, '--chaincode', bundle];
  const made = await ledger(network, 'prepare', '--org', `${id}=${data}`, ...place, ...more);
  return made.json.card;
}

async function machine(id: string, port: number, founders?: ReadonlyMap<string, number>): Promise<void> {
  const network = join(folder, id);
  const member = await initialised(network, id, port, founders);
  machines.set(id, { id, network, address: `127.0.0.${ALL.indexOf(id) + 2}`, member });
}

describeOnFabric('a network whose organisations have machines of their own', () => {
  beforeAll(async () => {
    await bundleChaincode(join(ROOT, 'src', 'node', 'fabric', 'chaincode.ts'), bundle);
    const ports = await Promise.all(ALL.map(() => freePort()));
    const founders = new Map(FOUNDERS.map((id, place) => [id, ports[place] ?? 0]));
    for (const id of FOUNDERS) await machine(id, founders.get(id) ?? 0, founders);
    await machine('harbour', ports[4] ?? 0);
  }, LONG_MS);
  afterAll(async () => {
    await Promise.all([...nodes.values()].map((node) => node.stop()));
    for (const { network } of machines.values())
      if (existsSync(join(network, 'network.json'))) await ledger(network, 'down');
  }, LONG_MS);

  test(
    'prepares each part on its own machine, and gives the others a card without any key',
    async () => {
      for (const id of FOUNDERS) {
        const made = await prepared(id);
        done(made);
        expect(made.json).toMatchObject({ organisation: id, card: cardOf(id), host: at(id).address });
        expect(readFileSync(cardOf(id), 'utf8')).not.toContain('PRIVATE');
      }
      const early = await type('st-mary', 'up');
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
      const made = await type('st-mary', 'genesis', ...cardsFor('st-mary', FOUNDERS));
      expect([made.code, made.json]).toMatchObject([0, { hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
      const block = sent(made.json.block, 'lakeside');
      const join3 = (...cards: readonly string[]) => type('lakeside', 'join', '--block', block, ...cards);
      const missing = await join3(...cardsFor('lakeside', ['st-mary', 'meridian']));
      expect([missing.code, missing.json.error]).toMatchObject([
        1,
        {
          code: 'block-differs',
          message: expect.stringContaining('It names aurora, whose card is not given'),
        },
      ]);
      const forged = join(folder, 'forged.card.json');
      writeFileSync(forged, readFileSync(cardOf('aurora'), 'utf8').replace('127.0.0.5', '127.0.0.9'));
      const altered = await join3(...cardsFor('lakeside', ['st-mary', 'meridian']), '--card', forged);
      expect([altered.code, altered.json.error.code]).toEqual([2, 'network-invalid']);
      const other = await join3(
        ...cardsFor('lakeside', ['st-mary', 'meridian']),
        '--card',
        await impostorOf('aurora'),
      );
      expect([other.code, other.json.error.code]).toEqual([1, 'block-differs']);
    },
    LONG_MS,
  );

  test(
    'works once every operator has joined, with nothing sent but cards and one block',
    async () => {
      const block = join(at('st-mary').network, 'genesis.block');
      const joined = await Promise.all(
        FOUNDERS.map((id) => type(id, 'join', '--block', sent(block, id), ...cardsFor(id, FOUNDERS))),
      );
      for (const each of joined) done(each);
      await Promise.all(FOUNDERS.map(start));
      kept.push(await keepReceipt(at('meridian').member, 'before an organisation joined'));
      for (const id of FOUNDERS) {
        const seen = await until(
          `${id} sees nothing to look at`,
          async () => {
            const status = await type(id, 'status');
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
      const id = (await nodes.get('st-mary')?.send('/.well-known/holdfast'))?.json.ledger.id;
      expect((await prepared('harbour', '--ledger', id)).code).toBe(0);
      const card = (member: string) => ['--card', sent(cardOf('harbour'), member)];
      const early = await type('st-mary', 'add-org', ...card('st-mary'));
      expect([early.code, early.json.error.code]).toEqual([1, 'not-agreed']);
      expect((await type('st-mary', 'add-org', ...card('st-mary'), '--propose')).json).toMatchObject({
        agreed: false,
      });
      expect((await type('lakeside', 'add-org', ...card('lakeside'), '--approve')).json).toMatchObject({
        agreed: false,
      });
      const forged = await impostorOf('harbour', '--ledger', id);
      const fooled = await type('aurora', 'add-org', '--card', forged, '--approve');
      expect([fooled.code, fooled.json.error.code]).toEqual([1, 'not-agreed']);
      expect((await type('aurora', 'add-org', ...card('aurora'), '--approve')).json).toMatchObject({
        agreed: true,
      });

      const swapped = await type('st-mary', 'add-org', '--card', forged);
      expect([swapped.code, swapped.json.error]).toMatchObject([
        1,
        { code: 'not-agreed', message: expect.stringContaining('not signed by a key that membership has') },
      ]);
      const first = await type('st-mary', 'add-org', ...card('st-mary'));
      expect([first.code, first.json.error.code]).toEqual([1, 'majority-missing']);
      const update = (from: string, to: string) => [
        '--update',
        sent(join(at(from).network, 'add-harbour.update'), to),
      ];
      const other = await type('lakeside', 'mend', ...update('st-mary', 'lakeside'));
      expect(other.json).toEqual({ mended: false });
      const second = await type('lakeside', 'add-org', ...card('lakeside'), ...update('st-mary', 'lakeside'));
      expect([second.code, second.json.error.message]).toEqual([
        1,
        expect.stringContaining('Signed by st-mary, lakeside'),
      ]);
      const third = await type('aurora', 'add-org', ...card('aurora'), ...update('lakeside', 'aurora'));
      done(third);
      for (const member of ['st-mary', 'lakeside', 'meridian'])
        expect((await type(member, 'add-org', ...card(member))).code).toBe(0);

      const { genesis, configuration } = third.json;
      const blocks = ['--block', sent(genesis, 'harbour'), '--configuration', sent(configuration, 'harbour')];
      const joined = await type('harbour', 'join', ...blocks, ...cardsFor('harbour', FOUNDERS));
      done(joined);
      await start('harbour');
      kept.push(await keepReceipt(at('harbour').member, 'of the newcomer'));
      const seen = await type('harbour', 'status');
      expect([seen.json.drift, seen.json.elsewhere.sort()]).toEqual([[], FOUNDERS.toSorted()]);
    },
    LONG_MS,
  );

  test(
    'renews the certificates of one, whose new card the others sign',
    async () => {
      const own = ['--org', `lakeside=${at('lakeside').member.data}`];
      const asked = await type('lakeside', 'rotate', ...own);
      expect([asked.code, asked.json.error.code]).toEqual([1, 'majority-missing']);
      const file = 'rotate-lakeside.update';
      const signed = (id: string, from: string) =>
        type(
          id,
          'rotate',
          '--card',
          sent(cardOf('lakeside'), id),
          '--update',
          sent(join(at(from).network, file), id),
        );
      const wrong = await type(
        'harbour',
        'rotate',
        '--card',
        sent(cardOf('lakeside'), 'harbour'),
        '--update',
        join(at('st-mary').network, 'add-harbour.update'),
      );
      expect([wrong.code, wrong.json.error.code]).toEqual([1, 'update-differs']);
      expect((await signed('harbour', 'lakeside')).json.error.code).toBe('majority-missing');
      expect((await signed('meridian', 'harbour')).json).toMatchObject({ organisation: 'lakeside' });
      const rotated = await type('lakeside', 'rotate', ...own);
      done(rotated);
      kept.push(await keepReceipt(at('lakeside').member, 'after its certificates were renewed'));
      for (const id of ALL) expect([id, (await type(id, 'status')).json.drift]).toEqual([id, []]);
    },
    LONG_MS,
  );

  test(
    'keeps its promises: receipts verify and are renewed by others',
    async () => {
      await logsMoveOn(kept.map(({ owner }) => owner));
      for (const each of kept) {
        expect([each.when, stillVerifies(each)]).toEqual([each.when, true]);
        expect([each.when, await canBeRenewed(each, at('st-mary').member)]).toEqual([each.when, true]);
      }
    },
    LONG_MS,
  );
});

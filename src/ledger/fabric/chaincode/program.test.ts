import { describe, expect, test } from 'vitest';
import { holder } from '../../../../test/interop/fabric-blocks.ts';
import { randomId } from '../../../crypto/index.ts';
import { canonicalize, utf8 } from '../../../proof/index.ts';
import { FOUNDERS, genesis, set, testContracts } from '../../suite/index.ts';
import { packChaincode } from '../network/chaincode-package.ts';
import { refusalToStart } from './approved-code.ts';
import { ChaincodeProgram, type Invocation } from './program.ts';

const NOW = '2026-03-04T05:06:07.008Z';
const certificates = {
  client: holder('client'),
  admin: holder('admin'),
  peer: holder('peer'),
  both: holder('client', 'admin'),
};

/** A peer's state and one chaincode over it, with the height and clock that a test wants. */
class Endorser {
  readonly state = new Map<string, string>();
  blocks = 10;
  reads = 0;
  readonly reports: unknown[] = [];
  readonly #program = new ChaincodeProgram({
    contracts: testContracts,
    version: '1.0.0+abc',
    now: () => new Date(NOW),
    report: (error) => this.reports.push(error),
  });

  /** What the program answers, its writes applied when it endorses: `refusal` as code/reason. */
  async invoke(
    args: readonly string[],
    mspId = 'st-mary',
    by: keyof typeof certificates = 'admin',
  ): Promise<{ answer?: unknown; refusal?: string; writes: [string, string][]; events: string[] }> {
    const writes: [string, string][] = [];
    const events: string[] = [];
    const invocation: Invocation = {
      transactionId: randomId(),
      mspId,
      certificate: utf8(certificates[by].pem),
      args,
      blocks: async () => this.blocks,
      get: async (key) => {
        this.reads++;
        return this.state.get(key);
      },
      range: async (start, end, limit) =>
        [...this.state]
          .filter(([key]) => key >= start && key < end)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, limit)
          .map(([key, text]) => ({ key, text })),
      put: async (key, value) => {
        writes.push([key, value]);
      },
      emit: (payload) => events.push(payload),
    };
    const reply = await this.#program.invoke(invocation);
    if (!reply.ok) {
      const { code, reason } = JSON.parse(reply.refusal) as { code: string; reason?: string };
      return { refusal: [code, ...(reason === undefined ? [] : [reason])].join('/'), writes, events };
    }
    for (const [key, value] of writes) this.state.set(key, value);
    return { answer: JSON.parse(reply.payload), writes, events };
  }

  submit(transaction: object, mspId?: string, by?: keyof typeof certificates, change: object = {}) {
    return this.invoke(
      ['submit', canonicalize({ time: NOW, height: this.blocks, ...transaction, ...change })],
      mspId,
      by,
    );
  }
}

async function begun(): Promise<Endorser> {
  const endorser = new Endorser();
  expect((await endorser.submit(genesis())).answer).toEqual({ kind: 'applied' });
  return endorser;
}

describe('the chaincode refuses', () => {
  test('whoever is no member, speaks without the right role, or founds a ledger it does not belong to', async () => {
    const empty = new Endorser();
    expect((await empty.submit(genesis(), 'stranger')).refusal).toBe('rejected/not-a-member');
    expect(empty.state.size).toBe(0);
    const endorser = await begun();
    expect((await endorser.submit(set(), 'stranger', 'client')).refusal).toBe('rejected/not-a-member');
    expect((await endorser.submit(set(), 'Org1MSP', 'client')).refusal).toBe('rejected/not-a-member');
    for (const by of ['peer', 'both'] as const)
      expect((await endorser.submit(set(), 'aurora', by)).refusal).toBe('rejected/role');
    const command = { contract: 'counter', name: 'command', args: { id: randomId(), sequence: 1 } };
    expect((await endorser.submit(command, 'aurora', 'client')).refusal).toBe('rejected/role');
    expect((await endorser.submit(command, 'aurora', 'admin')).answer).toEqual({ kind: 'applied' });
  });

  test('a height far from its peer’s own, and a time ahead of its clock', async () => {
    const endorser = await begun();
    endorser.blocks = 100;
    for (const height of [0, 67, 133, 2 ** 40])
      expect((await endorser.submit(set(), 'aurora', 'client', { height })).refusal).toBe(
        'unavailable/height',
      );
    for (const height of [68, 132])
      expect((await endorser.submit(set(), 'aurora', 'client', { height })).answer).toEqual({
        kind: 'applied',
      });
    expect(
      (await endorser.submit(set(), 'aurora', 'client', { time: '2026-03-04T05:11:07.009Z' })).refusal,
    ).toBe('rejected/time-ahead');
    expect(
      (await endorser.submit(set(), 'aurora', 'client', { time: '2026-03-04T05:11:07.008Z' })).answer,
    ).toBeDefined();
  });

  test('a request that is not canonical, has more or less in it, or is no request', async () => {
    const endorser = await begun();
    const good = canonicalize({ ...set(), time: NOW, height: 10 });
    const refusal = async (...args: string[]) => (await endorser.invoke(args, 'aurora', 'client')).refusal;
    for (const text of [
      good.replace('{', '{ '),
      good.replace('"height":10', '"height":10.0'),
      good.replace('"height":10', '"height":"10"'),
      good.replace('"height":10', '"height":-1'),
      good.replace('{', '{"a":"free text",'),
      good.replace('{', '{"args":{},'),
      canonicalize({ ...set(), time: NOW }),
      canonicalize({ ...set(), args: [], time: NOW, height: 10 }),
      canonicalize({ ...set(), contract: 1, time: NOW, height: 10 }),
      canonicalize({ ...set(), time: 'yesterday', height: 10 }),
      `"${'x'.repeat(300_000)}"`,
      'null',
      '',
      '\ud800',
    ])
      expect(await refusal('submit', text), text.slice(0, 60)).toBe('rejected/malformed');
    expect(await refusal('submit')).toBe('rejected/malformed');
    expect(await refusal('submit', good, 'more')).toBe('rejected/malformed');
    expect(await refusal('toString', good)).toBe('rejected/malformed');
    expect(await refusal()).toBe('rejected/malformed');
    expect(endorser.reports).toEqual([]);
  });

  test('a contract that breaks an invariant, which is reported here and not told there', async () => {
    const endorser = await begun();
    const { args } = set();
    await endorser.submit(set(args), 'aurora', 'client');
    const broken = { contract: 'counter', name: 'fraction', args: { id: args.id, sequence: 2 } };
    const { refusal, writes } = await endorser.submit(broken, 'aurora', 'client');
    expect([refusal, writes]).toEqual(['rejected/broken-invariant', []]);
    expect(endorser.reports).toHaveLength(1);
  });

  test('the same step twice without writing anything, and says who made it', async () => {
    const endorser = await begun();
    const wanted = set();
    await endorser.submit(wanted, 'aurora', 'client');
    const again = await endorser.submit(wanted, 'lakeside', 'client');
    expect(again).toMatchObject({ answer: { kind: 'duplicate' }, writes: [], events: [] });
    expect((await endorser.submit(set({ ...wanted.args, value: 9 }), 'aurora', 'client')).refusal).toBe(
      'conflict/sequence',
    );
  });
});

describe('what is endorsed', () => {
  test('follows from state, request and submitter alone: two endorsers with other clocks write the same', async () => {
    const [one, two] = [await begun(), await begun()];
    const wanted = set();
    two.blocks = 12;
    const [first, second] = [
      await one.submit(wanted, 'aurora', 'client', { height: 11 }),
      await two.submit(wanted, 'aurora', 'client', { height: 11 }),
    ];
    const withoutIds = ({ writes, events }: typeof first) => [
      writes.map(([key, value]) => [key, value.replace(/"transaction":"[0-9a-f]+"/, '')]),
      events,
    ];
    expect(withoutIds(first)).toEqual(withoutIds(second));
    expect(first.writes.every(([key]) => key.startsWith('counter/'))).toBe(true);
  });

  test('each key is asked of the peer once, however often the contract is run for it', async () => {
    const endorser = await begun();
    endorser.reads = 0;
    await endorser.submit(set(), 'aurora', 'client');
    // Ledger, version, member; the step and its head. The value was written before it was read.
    expect(endorser.reads).toBe(5);
  });

  test('queries answer from committed state, in the order of keys and in pages', async () => {
    const endorser = await begun();
    const ids = Array.from({ length: 9 }, () => set().args.id).sort();
    for (const id of ids) await endorser.submit(set({ id }), 'aurora', 'client');
    const ask = async (name: string, args: object) =>
      (
        await endorser.invoke(
          ['query', canonicalize({ contract: 'counter', name, args })],
          'aurora',
          'client',
        )
      ).answer;
    expect(await ask('range', {})).toEqual({ answer: ids.map((id) => `value/${id}`) });
    expect(await ask('range', { after: ids[3], limit: 2 })).toEqual({
      answer: ids.slice(4, 6).map((id) => `value/${id}`),
    });
    expect(await ask('get', { id: randomId() })).toEqual({ answer: null });
    expect((await endorser.invoke(['about'])).answer).toEqual({
      version: '1.0.0+abc',
      ledger: genesis().args.ledger,
    });
    expect(FOUNDERS).toContain('aurora');
  });
});

describe('a chaincode process', () => {
  const bundle = utf8('code');
  const { version, packageId } = packChaincode({ name: 'holdfast', semver: '1.2.3', bundle });

  test('starts on exactly the code that was approved', () => {
    expect(refusalToStart({ version, packageId }, '1.2.3', bundle)).toBeUndefined();
    expect(refusalToStart({ version, packageId }, '1.2.3', utf8('Code'))).toMatch(
      /install the approved release/,
    );
    expect(refusalToStart({ version, packageId }, '1.2.4', bundle)).toMatch(/approved 1\.2\.3/);
    expect(
      refusalToStart({ version, packageId: `${packageId.slice(0, -1)}x` }, '1.2.3', bundle),
    ).toBeDefined();
    expect(refusalToStart({ version: '', packageId: '' }, '1.2.3', bundle)).toBeDefined();
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../crypto/index.ts';
import type { TransactionArgs } from '../index.ts';
import { testContracts } from './test-contracts.ts';
import { refusal, type StartEngine, SuiteNetwork, set } from './test-network.ts';

const MALFORMED: Record<string, TransactionArgs> = {
  'a fraction': { value: 0.5 },
  'not a number': { value: Number.NaN },
  'minus zero': { value: -0 },
  'an unsafe integer': { value: 2 ** 53 },
  'a number as text': { value: '1' },
  'text in place of an id': { id: 'Anna Example, born 1970-01-01' },
  'an id in upper case': { id: 'ABCDEF00112233445566778899AABBCC' },
  'an unknown field': { name: 'Anna Example' },
  'a field named as a prototype': JSON.parse('{"__proto__": {"value": 1}}'),
  'base64 of another length': { note: 'AAAA' },
  'base64 that is not canonical': { note: `${'A'.repeat(42)}B=` },
  'text in place of base64': { note: 'a note about a patient, 44 characters long.=' },
  'a list that is too long': { parts: [{ of: 'half' }, { of: 'half' }, { of: 'half' }, { of: 'half' }] },
  'a list that is none': { parts: { length: 0 } },
  'a word that is not a choice': { parts: [{ of: 'third' }] },
  'an unknown field within': { parts: [{ of: 'half', remark: 'x' }] },
  'null for a missing field': { note: null },
  'an enormous value': { note: 'A'.repeat(300_000) },
};

/** What is refused, and that a refusal changes nothing. */
export function describeRefusals(start: StartEngine): void {
  describe('refusals', () => {
    let network: SuiteNetwork;
    beforeAll(async () => {
      network = await SuiteNetwork.begun(start, testContracts);
    });
    afterAll(() => network.end());

    test.each(Object.entries(MALFORMED))('%s is malformed', async (_what, args) => {
      const { id, ...others } = { ...set().args, ...args };
      const transaction = {
        contract: 'counter',
        name: 'set',
        args: Object.assign(Object.create(null), { id, ...others }),
      };
      if (Object.hasOwn(args, '__proto__'))
        transaction.args = JSON.parse(`{"id":"${id}","__proto__":{"value":1}}`);
      const before = await network.ledger('st-mary').query('counter', 'range', {});
      expect(await refusal(network.ledger('st-mary').submit(transaction))).toBe('rejected/malformed');
      expect(await network.ledger('st-mary').query('counter', 'range', {})).toEqual(before);
    });

    test('arguments nested without end are malformed, not a crash', async () => {
      let deep: TransactionArgs = {};
      for (let i = 0; i < 5_000; i++) deep = { deep };
      const refused = network.ledger('st-mary').submit({ contract: 'counter', name: 'set', args: deep });
      expect(await refusal(refused)).toBe('rejected/malformed');
    });

    test.each(['2026-01-01', '2026-02-30T00:00:00.000Z', '2026-01-01T00:00:00Z', ''])(
      'the time %s is malformed',
      async (time) => {
        expect(await refusal(network.ledger('st-mary').submit(set({}, time)))).toBe('rejected/malformed');
      },
    );

    test('a time far ahead is refused: it would block its object for ever', async () => {
      expect(await refusal(network.ledger('st-mary').submit(set({}, '9999-01-01T00:00:00.000Z')))).toBe(
        'rejected/time-ahead',
      );
    });

    test('unknown contracts, transactions and queries are refused, inherited names too', async () => {
      const ledger = network.ledger('st-mary');
      expect(await refusal(ledger.submit({ ...set(), contract: 'nothing' }))).toBe(
        'rejected/unknown-contract',
      );
      for (const name of ['nothing', 'constructor', '__proto__', 'toString']) {
        expect(await refusal(ledger.submit({ ...set(), name }))).toBe('rejected/unknown-transaction');
        expect(await refusal(ledger.query('counter', name, {}))).toBe('rejected/unknown-query');
      }
      expect(await refusal(ledger.query('counter', 'get', {}))).toBe('rejected/malformed');
      expect(await refusal(ledger.query('nothing', 'get', {}))).toBe('rejected/unknown-contract');
    });

    test('a fraction in state and a changed read value are stopped, and leave nothing', async () => {
      const ledger = network.ledger('st-mary');
      const { args } = set({ value: 5 });
      await ledger.submit(set(args));
      for (const name of ['fraction', 'tamper']) {
        await expect(
          ledger.submit({ contract: 'counter', name, args: { id: args.id, sequence: 2 } }),
        ).rejects.toThrow();
      }
      expect(await ledger.query('counter', 'get', { id: args.id })).toMatchObject({ value: 5 });
      await ledger.submit(set({ ...args, sequence: 2 }));
    });

    test('a role that may not is refused', async () => {
      const command = () => ({ contract: 'counter', name: 'command', args: { id: randomId(), sequence: 1 } });
      expect(await refusal(network.ledger('st-mary', 'node').submit(command()))).toBe('rejected/role');
      expect((await network.ledger('st-mary', 'admin').submit(command())).duplicate).toBe(false);
    });

    test('who is not a member is refused by every contract', async () => {
      expect(await refusal(network.ledger('stranger').submit(set()))).toBe('rejected/not-a-member');
    });

    test('who is suspended is refused by every contract, also what it did before', async () => {
      const own = await SuiteNetwork.begun(start, testContracts);
      const suspended = own.ledger('aurora');
      const done = set();
      await suspended.submit(done);
      await own
        .ledger('st-mary')
        .submit({ contract: 'membership', name: 'suspend', args: { organisation: 'aurora' } });
      const beat = { contract: 'membership', name: 'heartbeat', args: { sequence: 1 } };
      for (const transaction of [set(), done, beat]) {
        expect(await refusal(suspended.submit(transaction))).toBe('rejected/suspended');
      }
      expect(await suspended.query('counter', 'get', { id: done.args.id })).toMatchObject({ value: 1 });
      await own.end();
    });

    test('a closed ledger takes nothing more and still answers', async () => {
      const own = await SuiteNetwork.begun(start, testContracts);
      const ledger = own.ledger('st-mary');
      const done = set();
      await ledger.submit(done);
      await ledger.submit({ contract: 'membership', name: 'close', args: {} });
      expect(await refusal(ledger.submit(set()))).toBe('rejected/ledger-closed');
      expect(await ledger.query('counter', 'get', { id: done.args.id })).toMatchObject({ value: 1 });
      await own.end();
    });
  });
}

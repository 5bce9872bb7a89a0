import { describe, expect, test } from 'vitest';
import { field, type Holder, holder, type MadeBlock, makeBlock, message } from '../../../test/interop/fabric-blocks.ts';
import { canonicalize, transactionDigest } from '../../proof/index.ts';
import { set } from '../suite/index.ts';
import { decodeBlock, isWhole } from './decode-block.ts';
import { gatewayOutcome } from './gateway-outcome.ts';

const view = { chaincode: 'holdfast' };
const client = holder('client');
const MVCC = 11;
const ENDORSEMENT = 10;
const genesis = makeBlock(undefined, [message()]);
const id = (digit: string) => digit.repeat(64);

interface Wanted {
  readonly id?: string;
  readonly chaincode?: string;
  readonly args?: readonly string[];
  readonly answer?: object;
  readonly status?: number;
  readonly writes?: readonly (readonly [namespace: string, key: string, value: string])[];
  readonly mspId?: string;
  readonly by?: Holder;
  readonly type?: number;
}

const request = (change: object = {}) => canonicalize({ ...set(), time: '2026-01-02T03:04:05.006Z', height: 3, ...change });

/** An envelope as a peer's gateway makes it of an endorsed proposal (common.proto, peer/transaction.proto). */
function envelope(wanted: Wanted = {}): Uint8Array {
  const { args = ['submit', request()], answer = { kind: 'applied' }, status = 200 } = wanted;
  const { writes = [['holdfast', 'counter/value/x', '{"v":1}']] } = wanted;
  const sets = writes.map(([namespace, key, value]) =>
    field(2, message(field(1, namespace), field(2, field(3, message(field(1, key), field(3, value)))))),
  );
  const action = message(
    field(1, message(...sets)),
    field(2, message(field(3, 'holdfast'), field(4, '[{"name":"set","value":{"a":1}}]'))),
    field(3, message(field(1, status), field(3, JSON.stringify(answer)))),
  );
  const input = message(...args.map((arg) => field(1, arg)));
  const spec = message(field(2, field(2, wanted.chaincode ?? 'holdfast')), field(3, input));
  const actionPayload = message(field(1, field(1, field(1, spec))), field(2, field(1, field(2, action))));
  const channelHeader = message(field(1, wanted.type ?? 3), field(3, message(field(1, 1_700_000_000))), field(5, wanted.id ?? id('a')));
  const creator = message(field(1, wanted.mspId ?? 'st-mary'), field(2, (wanted.by ?? client).pem));
  const header = message(field(1, channelHeader), field(2, field(1, creator)));
  return field(1, message(field(1, header), field(2, field(1, field(2, actionPayload)))));
}

function block(...entries: readonly (readonly [code: number, envelope: Uint8Array])[]): MadeBlock {
  const made = makeBlock(genesis, entries.map(([, bytes]) => bytes));
  made.metadata[2] = Uint8Array.from(entries.map(([code]) => code));
  return made;
}
const transactions = (...entries: Parameters<typeof block>) => decodeBlock(block(...entries), view).transactions;

describe('a block of the channel', () => {
  test('gives a valid transaction with its submitter, writes and events', () => {
    const text = request();
    const { args } = JSON.parse(text) as { args: object };
    const made = block([0, envelope({ args: ['submit', text] })]);
    const decoded = decodeBlock(made, view);
    expect(isWhole(made)).toBe(true);
    expect(decoded).toMatchObject({ height: 1n, time: '2023-11-14T22:13:20.000Z' });
    expect(decoded.transactions).toEqual([
      {
        id: id('a'),
        contract: 'counter',
        name: 'set',
        args,
        time: '2026-01-02T03:04:05.006Z',
        submitter: { organisation: 'st-mary', role: 'node' },
        valid: true,
        digest: transactionDigest('counter', 'set', args),
        writes: [{ contract: 'counter', key: 'value/x', value: '{"v":1}' }],
        events: [{ name: 'set', value: { a: 1 } }],
      },
    ]);
  });

  test('ordered but invalid is told as such and writes nothing', () => {
    for (const code of [MVCC, ENDORSEMENT, 12])
      expect(transactions([code, envelope()])).toMatchObject([{ id: id('a'), valid: false, writes: [], events: [] }]);
  });

  test('a repetition that a member ordered all the same is no valid transaction', () => {
    const answer = { kind: 'duplicate', transaction: id('b') };
    expect(transactions([0, envelope({ answer, writes: [] })])).toMatchObject([{ valid: false, writes: [] }]);
    for (const wrong of [{ answer: { kind: 'other' } }, { answer: {} }, { status: 500 }])
      expect(transactions([0, envelope(wrong)])).toMatchObject([{ valid: false, writes: [] }]);
  });

  test('nobody can put another’s id into a block, nor one id twice', () => {
    for (const code of [1, 2, 3, 4, 8, 9, 254, 255])
      expect(transactions([code, envelope()]), `code ${code}`).toEqual([]);
    const [valid, invalid] = [[0, envelope()], [MVCC, envelope()]] as const;
    expect(transactions(valid, invalid)).toMatchObject([{ valid: true }]);
    expect(transactions(invalid, valid)).toMatchObject([{ valid: true }]);
    expect(transactions(invalid, invalid)).toHaveLength(1);
    expect(transactions(valid, [0, envelope({ id: id('b') })])).toHaveLength(2);
  });

  test('what is of another chaincode, a query, a configuration or nothing at all leaves no transaction', () => {
    const others: Uint8Array[] = [
      envelope({ chaincode: 'other' }),
      envelope({ args: ['query', request()] }),
      envelope({ args: ['submit'] }),
      envelope({ args: ['submit', request(), 'more'] }),
      envelope({ args: ['submit', 'Anna Example'] }),
      envelope({ args: ['submit', request({ note: 'Anna Example' })] }),
      envelope({ mspId: 'Org1MSP' }),
      envelope({ by: holder('peer') }),
      envelope({ by: { ...client, pem: 'x' } }),
      envelope({ type: 1 }),
      new Uint8Array(),
      Uint8Array.of(0xff, 0xff),
      message(field(1, 'not a payload')),
    ];
    expect(transactions(...others.map((bytes) => [0, bytes] as const))).toEqual([]);
  });

  test('writes of other chaincodes and of keys that no contract has are left out', () => {
    const writes = [
      ['lscc', 'counter/a', 'x'],
      ['holdfast', 'nokey', 'x'],
      ['holdfast', '\u0000counter\u0000a', 'x'],
      ['holdfast', 'counter/a', '{"v":2}'],
    ] as const;
    expect(transactions([0, envelope({ writes })])).toMatchObject([
      { writes: [{ contract: 'counter', key: 'a', value: '{"v":2}' }] },
    ]);
  });

  test('a block without a validity code for each envelope is refused, and one with other envelopes is not whole', () => {
    const short = block([0, envelope()], [0, envelope()]);
    short.metadata[2] = Uint8Array.of(0);
    expect(() => decodeBlock(short, view)).toThrow(/says nothing/);
    expect(isWhole({ ...short, data: [envelope({ id: id('c') })] })).toBe(false);
  });
});

test('an error that is not the gateway’s is nobody’s outcome', () => {
  expect(() => gatewayOutcome(new RangeError('x'), 'st-mary', 'asking')).toThrow(RangeError);
});

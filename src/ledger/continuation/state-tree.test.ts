import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEDGER_KEY, MEMBERSHIP } from '../kit/index.ts';
import { refusal } from '../suite/index.ts';
import { StateTree, stateHash } from './state-tree.ts';

const write = (key: string, value = 1) => ({ contract: 'counter', key, value: `{"v":1,"value":${value}}` });
const state = ['a', 'b', 'c', 'd', 'e'].map((key) => write(`value/${key}`));

test('one changed, missing, added or exchanged value gives another hash', () => {
  const { state: hash, entries } = stateHash(state);
  expect(entries).toBe(5);
  const [first, second, ...rest] = state as [(typeof state)[0], (typeof state)[0]];
  const others = [
    [write('value/a', 2), second, ...rest],
    [second, ...rest],
    [first, second, ...rest, write('value/f')],
    [{ ...first, contract: 'anchors' }, second, ...rest],
    [{ ...first, key: 'value/aa' }, second, ...rest],
  ];
  for (const other of others) expect(stateHash(other).state).not.toBe(hash);
});

test('what says where the ledger itself stands is passed over, and is never carried', async () => {
  const own = { contract: MEMBERSHIP, key: LEDGER_KEY, value: '{"v":1}' };
  expect(stateHash([...state, own])).toEqual(stateHash(state));
  const add = async () => new StateTree().add(own);
  expect(await refusal(add())).toBe('rejected/order');
});

test('values come in the order of their keys, each once', async () => {
  for (const wrong of [
    [write('b'), write('a')],
    [write('a'), write('a')],
  ]) {
    const add = async () => stateHash(wrong);
    expect(await refusal(add())).toBe('rejected/order');
  }
});

test('put down and taken up again anywhere, it is the same tree', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), (size, at) => {
      const values = Array.from({ length: size }, (_, i) => write(`value/${String(i).padStart(3, '0')}`, i));
      let tree = new StateTree();
      for (const [i, value] of values.entries()) {
        if (i === at) tree = new StateTree(JSON.parse(JSON.stringify(tree.head())));
        tree.add(value);
      }
      expect(tree.hash()).toEqual(stateHash(values));
    }),
  );
});

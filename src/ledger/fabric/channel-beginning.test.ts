import { expect, test } from 'vitest';
import { field, makeBlock, message, serialized } from '../../../test/interop/fabric-blocks.ts';
import { orderedBlockHash, readMessage, toHex } from '../../proof/index.ts';
import { assertSameBeginning, beforeSnapshot } from './channel-beginning.ts';

const blocks = [makeBlock(undefined, [message()])];
for (let i = 1; i < 4; i++) blocks.push(makeBlock(blocks[i - 1], [message(field(1, `block ${i}`))]));
const hashes = blocks.map((block) => orderedBlockHash(block));
const blockAt = async (number: number) => serialized(blocks[number] ?? blocks[0]!);
const info = (height: number, snapshot?: Uint8Array) =>
  readMessage(
    message(
      field(1, height),
      field(2, Buffer.from(hashes[height - 1] ?? '', 'hex')),
      ...(snapshot === undefined ? [] : [field(4, snapshot)]),
    ),
  );

test('a peer that joined from block 0 has every block', async () => {
  expect(await beforeSnapshot(info(4), {}, blockAt)).toBeUndefined();
});

test('one that joined from a snapshot begins after its last block, whose hash the next one names', async () => {
  const snapshot = message(field(1, 1));
  expect(await beforeSnapshot(info(4, snapshot), {}, blockAt)).toEqual({ height: 1, block: hashes[1] });
  expect(await beforeSnapshot(info(2, snapshot), {}, blockAt)).toEqual({ height: 1, block: hashes[1] });
  const continues = { height: 41, block: 'b'.repeat(64) };
  expect(await beforeSnapshot(info(4, snapshot), { continues }, blockAt)).toEqual({
    height: 43,
    block: hashes[1],
  });
  expect(toHex(blocks[2]!.previousHash)).toBe(hashes[1]);
});

test('a profile that counts from another block than the ledger is refused', () => {
  const continues = { height: 41, block: 'b'.repeat(64) };
  const statement = { ...continues, type: 'holdfast/continuation/v1' as const, ledger: 'a'.repeat(32) };
  const continuation = { statement: { ...statement, entries: 1, state: 'c', channel: 'd' }, signatures: [] };
  const begun = { version: '1', ledger: 'a'.repeat(32) };
  expect(() => assertSameBeginning({}, begun)).not.toThrow();
  expect(() => assertSameBeginning({ continues }, { version: '1' })).not.toThrow();
  expect(() => assertSameBeginning({ continues }, { ...begun, continuation })).not.toThrow();
  for (const wrong of [{}, { continues: { ...continues, height: 40 } }])
    expect(() => assertSameBeginning(wrong, { ...begun, continuation })).toThrow(/do not agree/);
  expect(() => assertSameBeginning({ continues }, begun)).toThrow(/do not agree/);
});

import { expect, test } from 'vitest';
import type { StateReader } from '../../kit/state-reader.ts';
import { completeReads, type StateSource } from './complete-reads.ts';

const object = (state: StateReader, key: string) =>
  state.get('counter', key) as { v: number; next?: string } | undefined;

function source(values: Record<string, object>): StateSource & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    get: async (key) => {
      asked.push(key);
      return values[key] === undefined ? undefined : JSON.stringify(values[key]);
    },
    range: async (start, end, limit) => {
      asked.push(`${start}..${end}`);
      const keys = Object.keys(values)
        .filter((key) => key >= start && key < end)
        .sort();
      return keys.slice(0, limit).map((key) => ({ key, text: JSON.stringify(values[key]) }));
    },
  };
}

test('a contract that catches what a missing read throws does not go on without the value', async () => {
  const state = source({ 'counter/a': { v: 7 } });
  const careless = (reader: StateReader) => {
    try {
      return object(reader, 'a')?.v ?? 'absent';
    } catch {
      return 'caught';
    }
  };
  expect(await completeReads(state, [], careless)).toBe(7);
});

test('reads that follow from reads are all found, each asked once; what is absent is absent', async () => {
  const state = source({ 'counter/a': { v: 1, next: 'b' }, 'counter/b': { v: 1, next: 'c' } });
  const follow = (reader: StateReader) => {
    const seen: string[] = [];
    for (let key: string | undefined = 'a'; key !== undefined; key = object(reader, key)?.next)
      seen.push(key);
    return seen;
  };
  expect(await completeReads(state, [{ contract: 'counter', key: 'a' }], follow)).toEqual(['a', 'b', 'c']);
  expect(state.asked).toEqual(['counter/a', 'counter/b', 'counter/c']);
});

test('ranges stay within their contract and prefix, and after a key', async () => {
  const state = source({
    'counter/x': { v: 1 },
    'counter/xa': { v: 1 },
    'counter/xz:z': { v: 1 },
    'counter/y': { v: 1 },
    'counters/x': { v: 1 },
    'counter/~head/x': { v: 1 },
  });
  const keys = (after?: string, limit = 9) =>
    completeReads(state, [], (reader) => reader.range('counter', 'x', after, limit).map(({ key }) => key));
  expect(await keys()).toEqual(['x', 'xa', 'xz:z']);
  expect(await keys('x')).toEqual(['xa', 'xz:z']);
  expect(await keys('xa', 1)).toEqual(['xz:z']);
  expect(await keys('a')).toEqual(['x', 'xa', 'xz:z']);
});

test('what the last run throws is what is thrown, and a run without end is ended', async () => {
  const refuse = (reader: StateReader) => {
    object(reader, 'a');
    throw new RangeError('no');
  };
  await expect(completeReads(source({}), [], refuse)).rejects.toThrow(RangeError);
  let n = 0;
  await expect(completeReads(source({}), [], (reader) => object(reader, `k${n++}`))).rejects.toMatchObject({
    reason: 'too-many-reads',
  });
});

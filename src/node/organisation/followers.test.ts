import { expect, test } from 'vitest';
import { runFollowers } from './followers.ts';

test('a follower that fails, or waits for ever, holds up no other, and its faults are reported', async () => {
  const ended = new AbortController();
  const faults: unknown[] = [];
  const broken = new Error('broken');
  const waiting = Promise.withResolvers<void>();
  let turns = 0;
  const followers = [
    () => Promise.reject(broken),
    () => waiting.promise,
    async () => {
      turns += 1;
      if (turns === 3) ended.abort();
    },
  ];
  const onError = (error: unknown) => {
    faults.push(error);
  };
  const running = runFollowers(followers, { signal: ended.signal, onError }, 1);
  ended.signal.addEventListener('abort', () => waiting.resolve());
  await running;
  expect(turns).toBe(3);
  expect(new Set(faults)).toEqual(new Set([broken]));
});

import { expect, test } from 'vitest';
import { SubmissionWindow } from './submission-window.ts';

/** Peers with a clock of their own: each endorsement takes what is said, once it is let go. */
function peers() {
  const state = { nowMs: 0 };
  const window = new SubmissionWindow(() => state.nowMs);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const endorse = (name: string, isUrgent = false) =>
    window.run(isUrgent, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  };
  return { window, state, begun, endorse, end };
}

/** As many endorsements as the window lets through, all of which take so long. */
async function round({ window, state, endorse, end }: ReturnType<typeof peers>, tookMs: number) {
  const names = Array.from({ length: window.limit }, (_, at) => `${state.nowMs}-${at}`);
  const done = Promise.all(names.map((name) => endorse(name)));
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  state.nowMs += tookMs;
  for (const name of names) await end(name);
  await done;
}

test('a revocation goes before everything that waits, and no more are under way than the window has', async () => {
  const of = peers();
  const all = Array.from({ length: 12 }, (_, at) => of.endorse(`other ${at}`));
  all.push(of.endorse('revocation', true));
  await Promise.resolve();
  expect(of.begun).toHaveLength(of.window.limit);
  expect(of.begun).not.toContain('revocation');
  await of.end('other 0');
  expect(of.begun.at(-1)).toBe('revocation');
  await of.end('revocation');
  expect(of.begun.at(-1)).toBe('other 8');
  for (let at = 1; at < 12; at++) await of.end(`other ${at}`);
  await Promise.all(all);
});

test('it grows while peers answer in time, and shrinks once for all that were slow together', async () => {
  const of = peers();
  const first = of.window.limit;
  for (let at = 0; at < 10; at++) await round(of, 50);
  const grown = of.window.limit;
  expect(grown).toBeGreaterThan(first + 3);
  await round(of, 5_000);
  expect(of.window.limit).toBe(Math.floor(grown * 0.7));
  for (let at = 0; at < 40; at++) await round(of, 5_000);
  expect(of.window.limit).toBe(2);
  for (let at = 0; at < 3; at++) await round(of, 50);
  expect(of.window.limit).toBeGreaterThan(2);
});

test('peers that are far away are not taken for busy ones', async () => {
  const of = peers();
  for (let at = 0; at < 20; at++) await round(of, 2_000);
  expect(of.window.limit).toBeGreaterThan(10);
});

test('beyond what may wait, submitters are told to come back; what is urgent is still taken, and a failure frees its place', async () => {
  const { window } = peers();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const all = Array.from({ length: 4_096 + window.limit }, () => window.run(false, () => held));
  await expect(window.run(false, () => held)).rejects.toMatchObject({ code: 'unavailable', reason: 'busy' });
  const urgent = window.run(true, () => Promise.reject(new Error('refused')));
  letGo();
  await expect(urgent).rejects.toThrow('refused');
  await Promise.all(all);
  await expect(window.run(false, async () => 'again')).resolves.toBe('again');
});

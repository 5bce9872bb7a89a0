import { expect, test } from 'vitest';
import { SubmissionWindow } from './submission-window.ts';

/** A network with a clock of its own: each transaction takes what is said, once it is let go. */
function network() {
  const state = { nowMs: 0 };
  const window = new SubmissionWindow(() => state.nowMs);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const submit = (name: string, urgency?: 'heartbeat' | 'revocation') =>
    window.run(
      urgency,
      () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      },
      () => 'committed',
    );
  const end = async (name: string) => {
    ends.get(name)?.();
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  };
  return { window, state, begun, submit, end };
}

/** As many as the window lets through, all of which take so long. */
async function round({ window, state, submit, end }: ReturnType<typeof network>, tookMs: number) {
  const names = Array.from({ length: window.limit }, (_, at) => `${state.nowMs}-${at}`);
  const done = Promise.all(names.map((name) => submit(name)));
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  state.nowMs += tookMs;
  for (const name of names) await end(name);
  await done;
}

test('a revocation goes before everything that waits, into a place that nothing else takes', async () => {
  const of = network();
  const { limit } = of.window;
  const all = Array.from({ length: limit + 4 }, (_, at) => of.submit(`other ${at}`));
  await Promise.resolve();
  expect(of.begun).toHaveLength(limit);
  for (const name of ['first', 'second', 'third']) all.push(of.submit(name, 'revocation'));
  await Promise.resolve();
  // Whatever became of those under way: two of the urgent ones do not wait for them, and the third is next.
  expect(of.begun.slice(limit)).toEqual(['first', 'second']);
  await of.end('other 0');
  expect(of.begun.at(-1)).toBe('third');
  for (const name of ['first', 'second', 'third']) await of.end(name);
  expect(of.begun.at(-1)).toBe(`other ${limit}`);
  for (let at = 1; at < limit + 4; at++) await of.end(`other ${at}`);
  await Promise.all(all);
});

test('a heartbeat does not wait behind a thousand revocations, whosever they are', async () => {
  const of = network();
  const { limit } = of.window;
  const revocations = Array.from({ length: 1_000 }, (_, at) => `revocation ${at}`);
  const all = revocations.map((name) => of.submit(name, 'revocation'));
  await Promise.resolve();
  expect(of.begun).toHaveLength(limit + 2);
  all.push(of.submit('heartbeat', 'heartbeat'));
  await of.end('revocation 0');
  expect(of.begun.at(-1)).toBe('heartbeat');
  for (const name of ['heartbeat', ...revocations]) await of.end(name);
  await Promise.all(all);
});

test('heartbeats that take minutes keep no revocation out', async () => {
  const of = network();
  for (let at = 0; at < 10; at++) await round(of, 50);
  for (let at = 0; at < 40; at++) await round(of, 5_000);
  expect(of.window.limit).toBe(2);
  const names = Array.from({ length: 8 }, (_, at) => `heartbeat ${at}`);
  const all = names.map((name) => of.submit(name, 'heartbeat'));
  await Promise.resolve();
  all.push(of.submit('revocation', 'revocation'));
  await Promise.resolve();
  expect(of.begun.at(-1)).toBe('revocation');
  all.push(of.submit('another', 'revocation'));
  const [first = ''] = names;
  await of.end('revocation');
  expect(of.begun.at(-1)).toBe('another');
  await of.end('another');
  for (const name of [first, ...names]) await of.end(name);
  await Promise.all(all);
});

test('it grows while commits come in time, and shrinks once for all that were slow together', async () => {
  const of = network();
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

test('a network that is far away, or has long blocks, is not taken for a busy one', async () => {
  const of = network();
  for (let at = 0; at < 20; at++) await round(of, 2_000);
  expect(of.window.limit).toBeGreaterThan(10);
});

const MINUTE_MS = 60_000;

/** Round after round for so long; what each takes follows from how many are under way. */
async function roundsFor(of: ReturnType<typeof network>, minutes: number, tookMs: (limit: number) => number) {
  const untilMs = of.state.nowMs + minutes * MINUTE_MS;
  while (of.state.nowMs < untilMs) await round(of, tookMs(of.window.limit));
}

test('a burst of slowness is no usual time: what was slow before is slow after it', async () => {
  const of = network();
  await roundsFor(of, 1, () => 300);
  await roundsFor(of, 20, () => 5_000);
  await roundsFor(of, 1, () => 300);
  await roundsFor(of, 1, () => 5_000);
  await roundsFor(of, 19, () => 1_500);
  expect(of.window.limit).toBe(2);
});

test('a network that became slower for good gets its window back', async () => {
  const of = network();
  await roundsFor(of, 1, () => 500);
  await roundsFor(of, 28, () => 5_000);
  expect(of.window.limit).toBe(2);
  await roundsFor(of, 35, () => 5_000);
  expect(of.window.limit).toBeGreaterThan(20);
  // And once it is as fast as it was, what was slow is slow again.
  await roundsFor(of, 1, () => 500);
  await roundsFor(of, 10, () => 5_000);
  expect(of.window.limit).toBe(2);
});

test('an organisation that submits little does not take a few slow commits for what is usual', async () => {
  const of = network();
  await roundsFor(of, 1, () => 300);
  await roundsFor(of, 1, () => 5_000);
  for (let hour = 0; hour < 5; hour++) {
    of.state.nowMs += 60 * MINUTE_MS;
    for (let at = 0; at < 5; at++) await round(of, 1_500);
  }
  expect(of.window.limit).toBe(2);
});

test('one that an organisation fills for hours is not taken for a slower one', async () => {
  const of = network();
  const filled = (limit: number) => 250 * limit;
  await roundsFor(of, 1, () => 500);
  await roundsFor(of, 10, filled);
  expect(of.window.limit).toBeLessThan(8);
  await roundsFor(of, 150, filled);
  expect(of.window.limit).toBeLessThan(8);
});

test('what fails or was said before at once tells nothing of how fast the network is, nor does a single lucky commit', async () => {
  const of = network();
  const first = of.window.limit;
  for (let at = 0; at < 200; at++) {
    of.state.nowMs += 1;
    await of.window
      .run(
        undefined,
        () => Promise.reject(new Error('refused')),
        () => 'committed',
      )
      .catch(() => undefined);
    await of.window.run(
      undefined,
      async () => 'before',
      () => 'nothing',
    );
  }
  expect(of.window.limit).toBe(first);
  const lucky = of.submit('lucky');
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  await of.end('lucky');
  await lucky;
  for (let at = 0; at < 20; at++) await round(of, 1_200);
  expect(of.window.limit).toBeGreaterThanOrEqual(first);
});

test('beyond what may wait, submitters are told to come back; what is urgent is still taken, and a failure frees its place', async () => {
  const { window } = network();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const hold = () =>
    window.run(
      undefined,
      () => held,
      () => 'committed',
    );
  const all = Array.from({ length: 4_096 + window.limit }, hold);
  await expect(hold()).rejects.toMatchObject({ code: 'unavailable', reason: 'busy' });
  const refused = () => Promise.reject(new Error('refused'));
  await expect(window.run('revocation', refused, () => 'committed')).rejects.toThrow('refused');
  letGo();
  await Promise.all(all);
  await expect(
    window.run(
      undefined,
      async () => 'again',
      () => 'nothing',
    ),
  ).resolves.toBe('again');
});

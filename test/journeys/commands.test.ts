import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './harness/checkout.ts';
import { holdfast } from './harness/command.ts';
import { judge, networkPolicy } from './harness/organisation.ts';
import { freePort, type RunningNode, startNode } from './harness/running-node.ts';
import { checkTampered, largestValues } from './harness/tampering.ts';

const VERBS = [
  'init',
  'start',
  'import',
  'export',
  'verify',
  'fsck',
  'ledger',
  'keys',
  'backup',
  'restore',
  'demo',
  'bench',
];
const environment = { HOLDFAST_PASSPHRASE: 'a passphrase of some length' };
const folder = temporaryFolder('commands');

describe('the command', () => {
  test('explains itself and every verb', async () => {
    const ran = await holdfast(['--help']);
    expect(ran.code).toBe(0);
    for (const verb of ['init', 'start', 'import', 'verify', 'fsck', 'keys', 'backup', 'restore', 'demo']) {
      expect(ran.stdout).toContain(verb);
      const help = await holdfast([verb, '--help']);
      expect([verb, help.code]).toEqual([verb, 0]);
      expect(help.stdout.length).toBeGreaterThan(60);
    }
    expect(VERBS).toContain('init');
  });

  test('prints its version', async () => {
    const ran = await holdfast(['--version']);
    expect([ran.code, /^\d+\.\d+\.\d+/.test(ran.stdout)]).toEqual([0, true]);
  });

  test.each([
    [['nonsense'], 2],
    [['verify'], 2],
    [['verify', 'x.json'], 2],
    [['verify', '/nowhere.json', '--policy', '/nowhere.txt'], 2],
    [['fsck', '--data', join(folder, 'nowhere')], 2],
    [['start', '--data', join(folder, 'nowhere')], 2],
    [['start', '--demo', '--nonsense'], 2],
    [['restore', '--from', join(folder, 'nowhere'), '--data', join(folder, 'there')], 2],
    [['backup', '--data', join(folder, 'nowhere'), '--to', join(folder, 'there')], 2],
    [['keys', 'rotate', '--data', join(folder, 'nowhere'), '--org', 'x'], 2],
  ])('%j exits with %i, and says in words and as JSON what to do', async (given, code) => {
    const ran = await holdfast(given, { environment });
    expect(ran.code, ran.stdout + ran.stderr).toBe(code);
    expect(ran.stderr + ran.stdout).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect((ran.stderr + ran.stdout).length).toBeGreaterThan(10);
  });
});

describe('a node of one’s own', () => {
  const data = join(folder, 'clinic');
  let client: { id: string; secret: string };
  let node: RunningNode;

  beforeAll(async () => {
    const port = await freePort();
    const ran = await holdfast(
      ['init', '--data', data, '--org', 'my-clinic', '--name', 'My Clinic', '--port', String(port), '--json'],
      { environment },
    );
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.json.organisation).toBe('my-clinic');
    client = ran.json.client;
    node = await startNode({ demo: false, data, port, environment });
  });
  afterAll(() => node?.stop());

  test('is made once', async () => {
    const again = await holdfast(['init', '--data', data, '--org', 'my-clinic', '--name', 'x'], {
      environment,
    });
    expect(again.code).not.toBe(0);
    expect(existsSync(join(data, 'holdfast.yaml'))).toBe(true);
    expect(readFileSync(join(data, 'holdfast.yaml'), 'utf8')).not.toContain(client.secret);
  });

  test('does not start without its passphrase, nor with a wrong one, nor twice on one folder', async () => {
    const copy = join(folder, 'copy');
    cpSync(data, copy, { recursive: true });
    const start = (env: Record<string, string>, where = copy) =>
      holdfast(['start', '--data', where, '--port', '0', '--json'], { environment: env, timeoutMs: 20_000 });
    const without = await start({ HOLDFAST_PASSPHRASE: '' });
    expect([without.code, without.stderr + without.stdout]).toEqual([
      2,
      expect.stringContaining('HOLDFAST_PASSPHRASE'),
    ]);
    const wrong = await start({ HOLDFAST_PASSPHRASE: 'another passphrase of some length' });
    expect([1, 2]).toContain(wrong.code);
    const busy = await start(environment, data);
    expect([1, 3]).toContain(busy.code);
    expect(node.running()).toBe(true);
  });

  test('has no demo: no personas, no demo client, no other organisations', async () => {
    expect((await node.send('/demo/personas')).status).toBe(404);
    expect((await node.send('/demo/sign-in', { method: 'POST', body: '{}' })).status).toBe(404);
    const clinic = node.organisation('my-clinic');
    expect((await clinic.tokenAnswer()).status).toBe(401);
    expect((await node.send('/.well-known/holdfast')).json).toMatchObject({ demo: false });
    expect((await node.send('/ledger/blocks')).status).toBe(401);
  });

  test('stores, reads, proves and verifies by itself', async () => {
    const clinic = node.organisation('my-clinic');
    const as = { client: client.id, secret: client.secret };
    const stored = await clinic.create({ resourceType: 'Basic', code: { text: 'mine' } }, { as });
    const receipt = await clinic.receipt(`Basic/${stored.id}`, { as });
    const { text } = await clinic.fhir('GET', `Basic/${stored.id}`, { as });
    const policy = await networkPolicy(node.port);
    expect(judge(receipt, [policy], text)).toMatchObject({ ok: true, contentChecked: 'checked' });
    const ran = await verifyFiles('alone', { receipt: receipt.text, content: text, policy });
    expect(ran.code, ran.stdout).toBe(0);
  });

  test('rotates its keys while it is stopped, and what was stored stays readable and provable', async () => {
    const as = { client: client.id, secret: client.secret };
    const before = await node
      .organisation('my-clinic')
      .create({ resourceType: 'Basic', code: { text: 'old key' } }, { as });
    expect(await node.stop()).toBe(0);
    const ran = await holdfast(['keys', 'rotate', '--data', data, '--org', 'my-clinic', '--json'], {
      environment,
    });
    expect(ran.code, ran.stderr).toBe(0);
    const checked = await holdfast(['fsck', '--data', data, '--json'], { environment });
    expect(checked.json, checked.stderr).toMatchObject({ ok: true });
    node = await startNode({ demo: false, data, port: node.port, environment });
    const clinic = node.organisation('my-clinic');
    expect((await clinic.fhir('GET', `Basic/${before.id}`, { as })).json.code.text).toBe('old key');
    const receipt = await clinic.receipt(`Basic/${before.id}`, { as });
    expect(judge(receipt, [await networkPolicy(node.port)])).toMatchObject({ ok: true });
  });
});

async function verifyFiles(name: string, files: { receipt: string; content: string; policy: string }) {
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
  const policy = ['--policy', join(at, 'policy')];
  return holdfast(['verify', join(at, 'receipt'), ...policy, '--content', join(at, 'content'), '--json']);
}

describe('verify and fsck', () => {
  let node: RunningNode;
  let good: { receipt: string; content: string; policy: string };
  beforeAll(async () => {
    node = await startNode({ patients: 2 });
    const hospital = node.organisation('st-mary');
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'proved' } });
    const receipt = await hospital.receipt(`Basic/${id}`);
    const { text } = await hospital.fhir('GET', `Basic/${id}`);
    good = { receipt: receipt.text, content: text, policy: await networkPolicy(node.port) };
  });
  afterAll(() => node?.stop());

  test('a good receipt is 0; another content, an altered event and a foreign policy are 1; nonsense is 2', async () => {
    expect((await verifyFiles('good', good)).code).toBe(0);
    expect(
      (await verifyFiles('content', { ...good, content: good.content.replace('proved', 'forged') })).code,
    ).toBe(1);
    const event = good.receipt.replace(/"actor":"[^"]*"/, '"actor":"nobody"');
    expect((await verifyFiles('event', { ...good, receipt: event })).code).toBe(1);
    const foreign = good.policy
      .split('\n')
      .filter((line) => !line.includes('/orgs/st-mary+'))
      .join('\n');
    expect((await verifyFiles('policy', { ...good, policy: foreign })).code).toBe(1);
    expect((await verifyFiles('nonsense', { ...good, receipt: '{"version":1}' })).code).toBe(2);
    expect((await verifyFiles('no-policy', { ...good, policy: 'nonsense' })).code).toBe(2);
  });

  test('a bundle verifies only by the policies that are given beside it', async () => {
    const at = join(folder, 'bundle');
    mkdirSync(at);
    const { receipt, content, policy } = good;
    writeFileSync(
      join(at, 'bundle.json'),
      `{"version":1,"policies":[${JSON.stringify(policy)}],"items":[{"receipt":${receipt},"content":${content}}]}`,
    );
    writeFileSync(join(at, 'policy'), policy);
    const without = await holdfast(['verify', join(at, 'bundle.json'), '--json']);
    expect([without.code, without.stdout + without.stderr]).toEqual([
      2,
      expect.stringContaining('policy-required'),
    ]);
    const given = await holdfast([
      'verify',
      join(at, 'bundle.json'),
      '--policy',
      join(at, 'policy'),
      '--json',
    ]);
    expect([given.code, given.json.ok]).toEqual([0, true]);
  });

  test('a whole log is verified over HTTP, and one that is not there is unavailable', async () => {
    const policy = join(folder, 'network-policy');
    writeFileSync(policy, good.policy);
    const log = (url: string) => holdfast(['verify', '--log', url, '--policy', policy, '--json']);
    const ran = await log(`${node.url}/orgs/st-mary/log`);
    expect([ran.code, ran.json.ok], ran.stderr).toEqual([0, true]);
    expect(ran.json.size).toBeGreaterThan(10);
    expect((await log('http://127.0.0.1:9/orgs/st-mary/log')).code).toBe(3);
    expect((await log(`${node.url}/orgs/nobody/log`)).code).toBe(3);
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ['empty', () => Buffer.alloc(0)],
    [
      'with one other bit',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte))),
    ],
  ])('a log that serves entries %s does not verify', async (_what, change) => {
    const mirror = createServer((incoming, outgoing) => {
      node.send(incoming.url ?? '/').then(
        ({ status, headers, bytes }) => {
          const body = incoming.url?.includes('/tile/entries/') ? change(bytes) : bytes;
          outgoing.writeHead(status, { 'content-type': headers['content-type'] ?? '' }).end(body);
        },
        () => outgoing.destroy(),
      );
    });
    await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
    const policy = join(folder, 'mirror-policy');
    writeFileSync(policy, good.policy);
    const { port } = mirror.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/orgs/st-mary/log`;
    const ran = await holdfast(['verify', '--log', url, '--policy', policy, '--json']);
    mirror.close();
    expect(ran.code, ran.stdout + ran.stderr).toBe(1);
  });

  test('fsck answers on a live folder', async () => {
    const ran = await holdfast(['fsck', '--data', node.data, '--json']);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.json).toMatchObject({ ok: true, problems: [] });
  });

  test('one flipped bit in a sealed record, its key, its opening or the log is found', async () => {
    expect(await node.stop()).toBe(0);
    const values = largestValues(node.data).filter(({ file }) => /st-mary\/(data|keys)\.db$/.test(file));
    // Each table once; every column of every file is for the long form.
    const chosen = values.filter(
      ({ table }, index) => values.findIndex((each) => each.table === table) === index,
    );
    expect(chosen.length).toBeGreaterThan(3);
    const missed: string[] = [];
    for (const value of chosen.slice(0, 4)) {
      const ran = await checkTampered(node.data, value);
      if (ran.code !== 1) missed.push(`${value.file} ${value.table}.${value.column}: ${ran.code}`);
    }
    expect(missed).toEqual([]);
  });
});

describe('demo', () => {
  test('tells the story in the terminal and ends well', async () => {
    const ran = await holdfast(['demo'], { timeoutMs: 90_000 });
    expect(ran.code, ran.stderr).toBe(0);
    for (const word of [
      /grants/i,
      /takes it back/i,
      /not-permitted/,
      /verifies, offline/i,
      /content-mismatch/,
      /flips one bit/,
      /_history\/\d/,
    ])
      expect(ran.stdout).toMatch(word);
  });
});

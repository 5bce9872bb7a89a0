import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'holdfast.js');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function holdfast(...given: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...given], {
      env: { ...process.env, HOLDFAST_PASSPHRASE: '' },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('every failure is a sentence, and with --json a code', () => {
  test.each([
    [['nonsense'], 2, 'verb-unknown'],
    [['export'], 2, 'verb-unknown'],
    [['init'], 2, 'usage'],
    [['start', '--port', 'many'], 2, 'usage'],
    [['start', '--data', join(folder, 'none')], 2, 'not-initialised'],
    [['start', '--reset', '--data', join(folder, 'none')], 2, 'usage'],
    [['import', 'x.json', '--org', 'a'], 2, 'usage'],
    [['import', 'x.json', '--org', 'a', '--url', 'http://127.0.0.1:9', '--client', 'c'], 2, 'secret-needed'],
    [['restore', '--from', join(folder, 'none'), '--data', join(folder, 'there')], 2, 'input-unusable'],
    [['bench', 'nonsense'], 2, 'usage'],
    [['demo', '--url', 'http://127.0.0.1:9'], 3, 'unavailable'],
    [['init', '--org', 'st-mary', '--founder', 'st-mary=http://localhost:1'], 2, 'usage'],
    [['init', '--org', 'st-mary', '--profile', 'connection.json', '--founder', 'st-mary'], 2, 'usage'],
    [['ledger', 'add-org'], 2, 'usage'],
    [['ledger', 'rotate', '--org', 'st-mary', '--card', 'card.json'], 2, 'usage'],
    [['ledger', 'prepare', '--org', 'st-mary', '--data', join(folder, 'none')], 2, 'usage'],
    [['ledger', 'genesis', '--card', join(folder, 'none.json')], 2, 'input-unusable'],
    [['ledger', 'add-org', '--card', COMMAND], 2, 'network-invalid'],
    [['ledger', 'suspend', '--org', 'st-mary', '--data', join(folder, 'none')], 2, 'network-missing'],
    [
      ['ledger', 'add-org', '--org', 'harbor', '--snapshot', folder, '--data', join(folder, 'none')],
      2,
      'usage',
    ],
    [
      ['ledger', 'join-from', '--org', 'harbor', '--snapshot', folder, '--data', join(folder, 'none')],
      2,
      'usage',
    ],
    [
      [
        ...['ledger', 'join-from', '--org', 'harbor', '--data', join(folder, 'none')],
        ...['--snapshot', folder, '--snapshot-hash', 'c0ffee'],
      ],
      2,
      'usage',
    ],
    [['ledger', 'mend', '--data', join(folder, 'none')], 2, 'network-missing'],
  ])('%j', async (given, exit, code) => {
    const ran = await holdfast(...given, '--json');
    expect([ran.code, ran.stdout]).toEqual([exit, expect.any(String)]);
    const { error } = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '');
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^\S.{10,}[.)]$/s) });
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });
});

test('a port that is taken is said before anything is made', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ran = await holdfast('start', '--demo', '--data', join(folder, 'demo'), '--port', String(port));
  server.close();
  expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining(`Port ${port} is in use`)]);
});

test('a demo is not started over something else', async () => {
  writeFileSync(join(folder, 'thesis.txt'), 'years of work');
  for (const more of [[], ['--reset']]) {
    const ran = await holdfast('start', '--demo', '--data', folder, '--port', '0', ...more);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('no demo')]);
  }
});

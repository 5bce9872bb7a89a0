import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleChaincode } from '../../scripts/chaincode.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-fabric-'));
const data = join(folder, 'network');
/** Networks of other test runs on this machine are elsewhere. */
const basePort = 20_000 + (process.pid % 200) * 100;

interface Status {
  height: number;
  leader?: string;
  supervised: boolean;
  problems: string[];
  organisations: { organisation: string; orderer: { pid: number }; peer: { pid: number; height: number } }[];
}
interface Answer {
  code: number;
  value: unknown;
}

function holdfast(...given: string[]): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const args = [join(root, 'bin', 'holdfast.js'), 'ledger', ...given, '--data', data, '--json'];
  execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
    const code = typeof error?.code === 'number' ? error.code : 0;
    resolve({ code, value: stdout === '' ? stderr : JSON.parse(stdout) });
  });
  return promise;
}
const status = async () => (await holdfast('status')).value as Status;
const isWell = () =>
  vi.waitFor(async () => expect((await status()).problems).toEqual([]), { timeout: 60_000, interval: 500 });

const go = /\bgo1\.(\d+)/.exec(spawnSync('go', ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
const hasGo = Number(go ?? 0) >= 26;
const reason = 'Go 1.26 or newer is not installed';
if (!hasGo && process.env.CI === undefined) process.stderr.write(`skipped: test/fabric, ${reason}\n`);
if (!hasGo && process.env.CI !== undefined) throw new Error(reason);

describe.skipIf(!hasGo)('a network of four organisations', () => {
  beforeAll(async () => {
    const bundle = join(folder, 'holdfast.mjs');
    await bundleChaincode(join(root, 'src', 'node', 'fabric', 'chaincode.ts'), bundle);
    const up = await holdfast('up', '--base-port', String(basePort), '--chaincode', bundle);
    expect(up).toMatchObject({ code: 0, value: { channel: 'holdfast' } });
  }, 300_000);
  afterAll(async () => {
    await holdfast('down');
    rmSync(folder, { recursive: true, force: true });
  });

  test('without binaries a wrong folder for them is named with the fix', async () => {
    const refused = await holdfast('status', '--binaries', homedir());
    expect(refused).toMatchObject({ code: 2, value: { error: { code: 'binaries-missing' } } });
  });

  test('comes up with every process healthy, a leader and an approved chaincode', async () => {
    await isWell();
    const seen = await status();
    expect(seen.organisations.map(({ organisation }) => organisation)).toEqual([
      'st-mary',
      'lakeside',
      'meridian',
      'aurora',
    ]);
    expect(seen.leader).toBeDefined();
    expect(seen.supervised).toBe(true);
    expect(seen.height).toBeGreaterThanOrEqual(3);
  });

  test('a killed orderer and peer come back by themselves and have every block', async () => {
    const before = await status();
    const [{ orderer, peer }] = before.organisations as [Status['organisations'][number]];
    for (const { pid } of [orderer, peer]) process.kill(pid, 'SIGKILL');
    await vi.waitFor(
      async () => {
        const [now] = (await status()).organisations;
        expect(now?.peer.pid ?? peer.pid).not.toBe(peer.pid);
        expect(now?.peer.height).toBe(before.height);
      },
      { timeout: 60_000, interval: 500 },
    );
    await isWell();
  });

  test('stopped and started again it has lost nothing, and no process of it stayed', async () => {
    const before = await status();
    expect(await holdfast('down')).toMatchObject({ code: 0, value: { stopped: 13 } });
    expect((await holdfast('status')).code).toBe(3);
    expect((await holdfast('up')).code).toBe(0);
    expect((await status()).height).toBeGreaterThanOrEqual(before.height);
  });
});

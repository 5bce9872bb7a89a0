import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../journeys/harness/checkout.ts';
import { send } from '../../journeys/harness/http.ts';
import { until } from '../../journeys/harness/until.ts';
import { type FaultNetwork, faultNetwork, networkOf, underLoad } from './fault-network.ts';
import { heightAt } from './ledgers.ts';
import { describeOnFabric } from './on-fabric.ts';

/** The organisation whose disk is small: it is no custodian of the load's patients, so the load goes on. */
const FULL = 'aurora';
/** Room for orderer, peer and node of a small network, and some growth. */
const DISK_BYTES = 512 * 1024 * 1024;
/** What is left free at first: a few seconds of the load's blocks. */
const SPARE_BYTES = 256 * 1024;
/** How long the disk stays full, counted from when somebody noticed. */
const FULL_MS = 10_000;
const RECOVERY_MS = 90_000;

const data = temporaryFolder('fabric-disk');
const disk = join(data, 'disk');
mkdirSync(disk);
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'holdfast-test', disk]).status === 0;
if (!isMounted) console.warn('Skipped: a small disk cannot be mounted here (the test needs root).');
if (!isMounted && process.env.CI === 'true') throw new Error('A small disk must be mountable in CI.');

/** A folder whose content is on the small disk. */
function onDisk(folder: string, name: string): void {
  mkdirSync(join(disk, name));
  mkdirSync(folder, { recursive: true });
  expect(spawnSync('mount', ['--bind', join(disk, name), folder]).status).toBe(0);
  mounts.unshift(folder);
}
const mounts: string[] = isMounted ? [disk] : [];
afterAll(() => {
  for (const mount of mounts) spawnSync('umount', ['-l', mount]);
});

const freeBytes = () => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};

/** Fills the disk but for the spare; what else is written meanwhile may fill it whole. */
function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(Math.max(0, freeBytes() - SPARE_BYTES)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

describeOnFabric('a full disk at one organisation', () => {
  let network: FaultNetwork;
  beforeAll(async () => {
    if (!isMounted) return;
    onDisk(join(data, 'network', 'organisations', FULL), 'network');
    onDisk(join(data, FULL), 'node');
    network = await faultNetwork({ data });
  }, 400_000);
  afterAll(() => network?.node.stop(), 120_000);

  test.skipIf(!isMounted)(
    'stops that organisation alone, and it catches up when there is room',
    async () => {
      const { node } = network;
      const { port } = node.organisation(FULL);
      const filler = join(disk, 'filler');
      const outcome = await underLoad(network, 'full disk at one organisation', async (load) => {
        fill(filler);
        const filledMs = performance.now();
        try {
          const ahead = node.organisation('lakeside').port;
          // Its own ledger stands still while the others' grows.
          await until(
            'it falls behind',
            async () => (await heightAt(ahead)) - ((await heightAt(port).catch(() => 0)) ?? 0) > 10,
            RECOVERY_MS,
          );
          const behindMs = performance.now();
          await until('it stays full for a while', () => performance.now() - behindMs > FULL_MS, 2 * FULL_MS);
          expect(load.since(behindMs)).toBeGreaterThan(0);
        } finally {
          rmSync(filler);
        }
        const roomMs = performance.now();
        const goal = await heightAt(node.organisation('lakeside').port);
        await until(
          'it has caught up and is ready',
          async () =>
            (await heightAt(port).catch(() => -1)) >= goal && (await send(port, '/ready')).status === 200,
          RECOVERY_MS,
        );
        const [full, back] = [(roomMs - filledMs) / 1000, (performance.now() - roomMs) / 1000];
        return `full for ${full.toFixed(0)} s; caught up ${back.toFixed(1)} s after there was room`;
      });
      expect(outcome).toMatchObject({ lost: [], forks: [] });
      expect(networkOf(network)).toBe(join(data, 'network'));
    },
    300_000,
  );
});

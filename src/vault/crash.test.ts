import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Hospital, openHospital, removeFolder } from './suite/hospital.ts';
import { type Acknowledged, runWorkload } from './suite/workload.ts';
import { watched } from './suite/write-points.ts';

/** Moments tried: a short form in every run, the long one by `npm run test:long`. */
const LONG = process.env.HOLDFAST_LONG === '1';
const SNAPSHOTS = LONG ? 400 : 24;
const KILLS = LONG ? 60 : 3;
const SEED = Number(process.env.HOLDFAST_SEED ?? 20_261_123);
const FILES = ['data.db', 'data.db-wal', 'keys.db', 'keys.db-wal', 'keyring'];

/** Deterministic: Numerical Recipes' generator. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder({ folder });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
  folders.push(folder);
  return folder;
}

/** Opens what a crash left; everything acknowledged must be there, sealed, indexed and in the log; and writing goes on. */
async function expectWhole(folder: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const hospital = await openHospital({ folder, cacheBytes: 0 });
  try {
    const { problems } = await hospital.fsck();
    expect(problems).toEqual([]);
    for (const { object, text, leaf } of acknowledged) {
      const [type = '', id = '', , version] = object.split('/');
      expect((await hospital.vault.read(type, id, Number(version)))?.text, object).toBe(text);
      expect((await hospital.vault.opening(object))?.leaf, object).toBe(leaf);
    }
    await runWorkloadAgain(hospital);
    expect((await hospital.fsck()).problems).toEqual([]);
  } finally {
    await hospital.close();
  }
}

/** New ids, so that it meets nothing of the first run. */
async function runWorkloadAgain(hospital: Hospital): Promise<void> {
  const { versionOf, observation } = await import('./suite/hospital.ts');
  await hospital.vault.commit({ versions: [versionOf(observation(`after-${Date.now()}`, 'p0'))] });
}

describe('a process that stops at any write point', () => {
  test('loses nothing that was acknowledged: the files as they are at that moment', {
    timeout: LONG ? 900_000 : 120_000,
  }, async () => {
    // First run: how many points there are.
    let total = 0;
    const first = await openHospital({
      wrap: (database) =>
        watched(database, () => {
          total += 1;
        }),
    });
    folders.push(first.folder);
    await runWorkload(first, 4, () => undefined);
    await first.close();
    const random = generator(SEED);
    const chosen = new Set(Array.from({ length: SNAPSHOTS }, () => 1 + random(total)));

    const snapshots: { folder: string; acknowledged: Acknowledged[]; point: string }[] = [];
    const acknowledged: Acknowledged[] = [];
    let seen = 0;
    const folder = newFolder();
    const second = await openHospital({
      folder,
      wrap: (database) =>
        watched(database, (what) => {
          seen += 1;
          if (!chosen.has(seen)) return;
          const copy = newFolder();
          for (const file of FILES)
            if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(copy, file));
          snapshots.push({ folder: copy, acknowledged: [...acknowledged], point: `${seen} ${what}` });
        }),
    });
    await runWorkload(second, 4, (each) => acknowledged.push(each));
    await second.close();
    expect(snapshots.length).toBeGreaterThan(SNAPSHOTS / 2);
    for (const { folder: copy, acknowledged: before } of snapshots) await expectWhole(copy, before);
  });

  test('loses nothing that was acknowledged: kill -9 in a child process', {
    timeout: LONG ? 900_000 : 120_000,
  }, async () => {
    const random = generator(SEED + 1);
    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const folder = newFolder();
      const point = 20 + random(700);
      const child = spawnSync(
        process.execPath,
        [join(import.meta.dirname, 'suite/killed-child.ts'), folder, String(point)],
        { encoding: 'utf8' },
      );
      const lines = child.stdout.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
      if (child.signal === 'SIGKILL') killed += 1;
      else expect(child.stderr, `point ${point}`).toBe('');
      await expectWhole(
        folder,
        lines.map((line) => JSON.parse(line) as Acknowledged),
      );
    }
    expect(killed).toBeGreaterThan(0);
  });
});

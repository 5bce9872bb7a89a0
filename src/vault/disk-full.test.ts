import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { find, observation, openHospital, removeFolder, versionOf } from './suite/hospital.ts';

/** Blocks of 1,024 bytes that the shell allows a file to have. */
const LIMIT_BLOCKS = 2_048;

test.skipIf(process.platform === 'win32')(
  'a full disk refuses writes and changes nothing, reads go on, and with space again so do writes, by themselves',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
    const script = join(import.meta.dirname, 'suite/full-child.ts');
    const command = `ulimit -f ${LIMIT_BLOCKS}; exec "$0" "$1" "$2"`;
    const child = spawnSync('bash', ['-c', command, process.execPath, script, folder], { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    const lines = child.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const last = lines.at(-1);
    expect(last).toMatchObject({ codes: ['full'], reads: true, absent: true, again: 'full' });
    const acknowledged = lines.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
    expect(acknowledged.length).toBeGreaterThan(40);

    // The limit is gone with the shell: the next start needs nobody's help.
    const hospital = await openHospital({ folder });
    for (const id of acknowledged)
      expect((await hospital.vault.read('Observation', id))?.text, id).toBeDefined();
    await hospital.vault.commit({ versions: [versionOf(observation('after', 'p0'))] });
    expect(await find(hospital.vault, 'Observation', '', 500)).toHaveLength(acknowledged.length + 1);
    expect((await hospital.fsck()).problems).toEqual([]);
    await hospital.close();
    removeFolder({ folder });
  },
);

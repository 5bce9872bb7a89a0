import { beforeAll, describe, expect, test } from 'vitest';
import { formatKills, type KillReport, killUnderLoad } from './kill/killing.ts';

const SEED = Number(process.env.HOLDFAST_SEED ?? 20_261_123);
/** The short form; `npm run test:long` kills at least two hundred times. */
const KILLS = Number(process.env.HOLDFAST_KILLS ?? 3);

describe(`kill -9 under load (seed ${SEED})`, () => {
  let report: KillReport;
  beforeAll(async () => {
    report = await killUnderLoad(SEED, KILLS);
    process.stdout.write(`${formatKills(report)}\n`);
  }, 600_000);

  test('loses no acknowledged write, audit entry or consent, and leaves sequence and tree intact', () => {
    expect(report.kills).toHaveLength(KILLS);
    expect(
      report.kills.flatMap(({ number, point, problems }) =>
        problems.map((problem) => `${number} at ${point}: ${problem}`),
      ),
    ).toEqual([]);
  });

  test('met a node that worked: writes were acknowledged and others on their way', () => {
    expect(report.kills.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(KILLS * 3);
    expect(report.kills.some(({ inFlight }) => inFlight.size > 0)).toBe(true);
    expect(report.points.size).toBeGreaterThan(10);
    // The vault commits on another thread, whose write points must be among them.
    expect([...report.points.keys()]).toContain('src/vault/storage/sqlite/sqlite-storage.ts COMMIT');
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { writeResult } from '../../bench/machine.ts';
import { formatKills, type KillReport, killUnderLoad } from '../faults/kill/killing.ts';

const SEED = Number(process.env.HOLDFAST_SEED ?? 20_261_123);
/** A kill with restart and checks takes about ten seconds. */
const TIMEOUT_MS = 3 * 3_600_000;
const KILLS = Number(process.env.HOLDFAST_KILLS ?? 240);

describe(`kill -9 under load at ${KILLS} moments (seed ${SEED})`, () => {
  let report: KillReport;
  beforeAll(async () => {
    report = await killUnderLoad(SEED, KILLS, ({ number, point, when, problems }) =>
      process.stdout.write(
        `${number}: ${point} (${when})${problems.length === 0 ? '' : `: ${problems.join('; ')}`}\n`,
      ),
    );
    process.stdout.write(`${formatKills(report)}\n`);
    writeResult('kill', {
      what: 'kill -9 under mixed load, restart, every acknowledged write, audit entry and consent looked for, fsck',
      seed: SEED,
      acknowledged: report.kills.reduce((sum, each) => sum + each.acknowledged, 0),
      writePoints: Object.fromEntries(report.points),
      kills: report.kills.map((each) => ({ ...each, inFlight: Object.fromEntries(each.inFlight) })),
    });
  }, TIMEOUT_MS);

  test('loses nothing that was acknowledged', () => {
    const problems = report.kills.flatMap((each) =>
      each.problems.map((problem) => `${each.number} at ${each.point}: ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  test('visits every write point that the load reaches', () => {
    const visited = new Set(report.kills.map(({ point }) => point));
    const missed = [...report.points]
      .filter(([point]) => !visited.has(point))
      .map(([point, count]) => `${point} (${count} in stock)`);
    expect(missed).toEqual([]);
  });
});

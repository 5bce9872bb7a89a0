import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.ts';

/** Runs by Node's own type stripping, as production does. */
const native = { viteModuleRunner: false };

/** On Fabric a start is that of sixteen processes, and each transaction goes through four organisations. */
const onFabric = process.env.HOLDFAST_TEST_ENGINE === 'fabric';

/** What runs on a consortium that was started for several suites (`scripts/journeys.ts`). */
const sharesConsortium = process.env.HOLDFAST_TEST_RUNNING !== undefined;

/** On a machine that does other work too, time passes for less. */
const patience = Number(process.env.HOLDFAST_TEST_PATIENCE ?? 1);

interface Processes {
  readonly exclude?: string[];
  /** Files at once: starts and waits of one leave cores to another. */
  readonly atOnce?: number;
}

/** What starts processes of its own: one file after the other unless said otherwise, with time for a start and a stop. */
const processes = (
  name: string,
  include: string,
  testTimeout: number,
  { exclude = [], atOnce = 1 }: Processes = {},
) => ({
  test: {
    name,
    include: [include],
    exclude,
    experimental: native,
    testTimeout: (onFabric ? 2 : 1) * patience * testTimeout,
    hookTimeout: (onFabric ? 400_000 : 60_000) * patience,
    fileParallelism: atOnce > 1,
    maxWorkers: atOnce,
    // After what shares the cores: Vitest runs projects of different width in groups.
    sequence: { groupOrder: atOnce > 1 ? 2 : 1 },
  },
});

/** A long run may take an hour. */
const LONG_TIMEOUT_MS = 3_600_000;

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/house/**/*.test.ts', 'test/interop/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'src/**/*.fabric.test.ts'],
          experimental: native,
          // No suite keeps anything in a module: loading each of them anew for every file took two fifths of the time.
          isolate: false,
          testTimeout: 20_000 * patience,
          hookTimeout: 10_000 * patience,
          // Vitest would leave one core idle, which of two is half of the time.
          maxWorkers: availableParallelism(),
        },
      },
      processes('fabric', 'src/**/*.fabric.test.ts', 60_000),
      // Those that share a consortium take the same patients, and count what is there.
      processes('journeys', 'test/journeys/**/*.test.ts', 120_000, { atOnce: sharesConsortium ? 1 : 2 }),
      processes('faults', 'test/faults/**/*.test.ts', 120_000, {
        exclude: ['test/faults/fabric/**'],
      }),
      processes('fabric-faults', 'test/faults/fabric/**/*.test.ts', 120_000),
      processes('fabric-commands', 'test/fabric/**/*.test.ts', 120_000),
      processes('portal', 'test/portal/**/*.test.ts', 120_000, { atOnce: 2 }),
      processes('long', 'test/long/**/*.test.ts', LONG_TIMEOUT_MS),
    ],
  },
});

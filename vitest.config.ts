import { defineConfig } from 'vitest/config';

/** Runs by Node's own type stripping, as production does. */
const native = { viteModuleRunner: false };

/** What starts processes of its own: one file after the other, with time for a start and a stop. */
const processes = (name: string, include: string, testTimeout: number) => ({
  test: {
    name,
    include: [include],
    experimental: native,
    testTimeout,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

/** A long run may take an hour. */
const LONG_TIMEOUT_MS = 3_600_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/house/**/*.test.ts', 'test/interop/**/*.test.ts'],
          experimental: native,
          testTimeout: 20_000,
        },
      },
      processes('journeys', 'test/journeys/**/*.test.ts', 60_000),
      processes('faults', 'test/faults/**/*.test.ts', 120_000),
      processes('fabric', 'test/fabric/**/*.test.ts', 120_000),
      processes('portal', 'test/portal/**/*.test.ts', 60_000),
      processes('long', 'test/long/**/*.test.ts', LONG_TIMEOUT_MS),
    ],
  },
});

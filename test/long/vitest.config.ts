import { defineConfig } from 'vitest/config';

/** The long forms: everything that the short forms sample. Results with their date go to `bench/results/`. */
export default defineConfig({
  test: {
    name: 'long',
    root: `${import.meta.dirname}/../..`,
    include: ['test/long/**/*.test.ts'],
    experimental: { viteModuleRunner: false },
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    fileParallelism: false,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/missing-reporter.ts'],
    // A file may start worker processes and kill them: it gets a process of its own.
    pool: 'forks',
    // Most of a run is waiting for a state, so that more files than cores are worth running at once.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// A real stack (Azurite, TLS stand-ins, the functions host) starts within a few seconds even on a busy machine;
// the long limits only bound a hang.
const slow = { testTimeout: 60_000, hookTimeout: 60_000 };
// Properties and simulations in virtual time take a few seconds, and a minute on a machine that has other things to do.
const quick = { testTimeout: 300_000 };
// Some thousand schedules are half a minute's work of two processors, and many minutes where others need them.
const long = { testTimeout: 1_800_000 };

export default defineConfig({
  test: {
    // Tests with a stack of their own wait more than they compute: more of them at a time than there are processors.
    maxWorkers: Math.max(3, Math.ceil(availableParallelism() * 1.5)),
    projects: [
      // Functions alone share nothing that one file could leave behind for another: no isolation takes half the time.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          ...quick,
        },
      },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...slow } },
      { test: { name: 'simulation', include: ['test/simulation/**/*.test.ts'], ...long } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/build-once.ts'],
          ...slow,
        },
      },
    ],
  },
});

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { changedFiles } from './scripts/changed-files.ts';

// A real stack (Azurite, TLS stand-ins, the functions host) starts within a few seconds, and within a minute where
// many others want the processors: the long limits only bound a hang.
const slow = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 600_000 } } };
// Properties and simulations in virtual time take a few seconds, and a minute on a machine that has other things to do.
const quick = { testTimeout: 300_000 };
// Some thousand schedules are half a minute's work of two processors, and many minutes where others need them.
const long = { testTimeout: 1_800_000 };

/** What seldom finds a fault that nothing else finds, and takes long: `npm run test:nightly`. */
const rare = [
  'test/e2e/chaos.test.ts',
  'test/e2e/fuzz.test.ts',
  'test/e2e/telemetry/intake.test.ts',
  'test/integration/cli/{redrive,send}-interrupted.test.ts',
  'test/simulation/breaks.test.ts',
  'test/e2e/groups-walk-through.test.ts',
  'test/e2e/supply-chain.test.ts',
  'test/e2e/upgrade.test.ts',
  'test/e2e/{faults,telemetry}/burst.test.ts',
  'test/e2e/faults/disk-full.test.ts',
  'test/e2e/telemetry/queries.test.ts',
];
/** Tests that take long and fail only where one part has changed. */
const ofOnePart = [
  {
    part: /^(?:packages\/functions-host|local|test\/(?:unit|integration)\/(?:functions-host|local))\//,
    tests: ['test/unit/functions-host/**/*.test.ts', 'test/integration/{functions-host,local}/**/*.test.ts'],
  },
  { part: /^(?:infra\/hooks|cli|test\/unit\/infra)\//, tests: ['test/unit/infra/grant-hook.test.ts'] },
  {
    part: /^(?:src\/telemetry|scripts|test\/integration\/telemetry)\//,
    tests: ['test/integration/telemetry/**/*.test.ts'],
  },
  {
    part: /^(?:src\/http|functions|packages\/functions-host|test\/e2e\/http-streaming)/,
    tests: ['test/e2e/http-streaming.test.ts'],
  },
];
/** A process a file: what it trusts, its proxy, its environment and the tokens that MSAL keeps belong to the process. */
const isolated = [
  'test/integration/{functions-host,graph,local,shared,telemetry}/**/*.test.ts',
  'test/integration/cli/{doctor,graph}/**/*.test.ts',
  'test/integration/storage/silent-identity.test.ts',
];

// Tests start hundreds of processes that load the same code: a tenth of their processor time was compiling it.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

const changed = changedFiles();
const isAsBefore = (part: RegExp) =>
  changed?.every((file) => file !== 'package-lock.json' && !part.test(file)) ?? false;
const nightly = [...rare, ...ofOnePart.flatMap(({ part, tests }) => (isAsBefore(part) ? tests : []))];
const exclude = [...configDefaults.exclude, ...nightly];

const afterUnit = { groupOrder: 1 };

const buildCli = 'test/build-cli.ts';
const buildApp = 'test/build-app.ts';
const sharedAzurite = 'test/support/shared-azurite.ts';

export default defineConfig({
  test: {
    // Tests with a stack of their own wait more than they compute: more of them at a time than there are processors.
    maxWorkers: Math.max(6, availableParallelism() * 3),
    projects: [
      // Functions alone share nothing that one file could leave behind for another: no isolation takes half the time.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude,
          pool: 'threads',
          isolate: false,
          // They compute only: more threads than processors would load the same modules more often. They run before all others.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
          ...quick,
        },
      },
      {
        test: {
          name: 'integration',
          sequence: afterUnit,
          include: ['test/integration/**/*.test.ts'],
          exclude: [...exclude, ...isolated],
          globalSetup: [buildCli, sharedAzurite],
          isolate: false,
          ...slow,
        },
      },
      {
        test: {
          name: 'isolated',
          sequence: afterUnit,
          include: isolated,
          exclude,
          globalSetup: [buildCli, sharedAzurite],
          ...slow,
        },
      },
      {
        test: {
          name: 'simulation',
          sequence: afterUnit,
          include: ['test/simulation/**/*.test.ts'],
          exclude,
          ...long,
        },
      },
      // The app and the command line are processes of their own: here too a file leaves nothing behind.
      {
        test: {
          name: 'e2e',
          sequence: afterUnit,
          include: ['test/e2e/**/*.test.ts'],
          exclude,
          globalSetup: [buildApp, sharedAzurite],
          isolate: false,
          ...slow,
        },
      },
      {
        test: {
          name: 'nightly',
          sequence: afterUnit,
          include: nightly,
          globalSetup: [buildApp, sharedAzurite],
          ...slow,
        },
      },
    ],
  },
});

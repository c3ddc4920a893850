import { expect, it } from 'vitest';
import { runChaos } from '../chaos/run-chaos.ts';

// `npm run chaos` does the same with 10,000 creations.
it('loses nothing and does nothing twice while Graph fails and the host is killed', async () => {
  const report = await runChaos({
    creations: 120,
    faulty: 0.2,
    backlog: 1_000,
    killEvery: [1_000, 2_500],
    // A message of a poison queue whose handling is killed is seen again after 40 seconds.
    within: 210_000,
    seed: 7,
    say: () => undefined,
  });
  expect(report.violations).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(3);
  // A fifth of the calls fails; which of the faults they get in so short a run is chance.
  const faults = Object.values(report.faults).reduce((sum, times) => sum + times, 0);
  expect(faults).toBeGreaterThanOrEqual(10);
  expect(report.audit).toMatchObject({ creations: 120, succeeded: 120, createdOnce: 120 });
}, 240_000);

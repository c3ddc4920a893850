import { beforeAll, describe, expect, it } from 'vitest';
import { allowedGrowth, type Budget, countBudget, readBaseline } from '../../../bench/budget.ts';

/** A figure that grows for a good reason: `node bench/budget.ts --write`, and say the reason in the commit. */
describe('the budget of a cold start and of the package', () => {
  let now: Budget;
  let baseline: Budget;
  beforeAll(async () => {
    [now, baseline] = await Promise.all([countBudget(), readBaseline()]);
  }, 60_000);

  it.each(['modules', 'bytes', 'files'] as const)(
    'loads at most a fifth more %s before registering',
    (what) => {
      // A chunk more or less is the bundler's doing: of few files, a few more do not count.
      const slack = what === 'files' ? 3 : 0;
      expect(now.coldLoad[what]).toBeLessThanOrEqual(baseline.coldLoad[what] * (1 + allowedGrowth) + slack);
    },
  );

  it('deploys at most a fifth more', () => {
    expect(now.package.bytes).toBeLessThanOrEqual(baseline.package.bytes * (1 + allowedGrowth));
  });

  it('loads no SDK before registering', () => {
    // The trigger library and the app's own code come to some 250 kB; any SDK would be half as much again.
    expect(now.coldLoad.bytes).toBeLessThan(330_000);
  });
});

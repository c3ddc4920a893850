import { expect, it } from 'vitest';
import { countAllocation } from '../../bench/allocation.ts';
import { allowedAllocationGrowth, readBaseline } from '../../bench/budget.ts';

/** A figure that grows for a good reason: `node bench/budget.ts --write`, and say the reason in the commit. */
it('a create allocates at most a tenth more than the baseline', async () => {
  const { create } = await readBaseline();
  const allocated = await countAllocation();
  expect(allocated).toBeLessThanOrEqual(create.allocatedBytes * (1 + allowedAllocationGrowth));
});

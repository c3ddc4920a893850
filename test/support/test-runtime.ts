import type { Runtime } from '../../src/shared/runtime.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface TestRuntime extends Runtime {
  readonly clock: ManualClock;
}

/** Time that only moves when told to, and no chance at all. */
export function createTestRuntime(startedAt: number): TestRuntime {
  let ids = 0;
  return {
    clock: createManualClock(startedAt),
    random: () => 0,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
  };
}

import { describe, expect, it } from 'vitest';
import { simulateCreations } from './creations/simulate-creations.ts';
import { playInThreads } from './play-in-threads.ts';

const schedules = 2_000;
const batch = 100;

describe('creations, whatever crashes, is lost, comes late or comes twice', () => {
  it(`violate nothing in ${schedules.toLocaleString('en')} schedules (npm run simulate -- --seed n plays one again)`, async () => {
    let from = 1;
    const { runs, violations } = await playInThreads({
      threads: 1,
      next: () => {
        if (from > schedules) return null;
        from += batch;
        return { of: 'creations', from: from - batch, count: batch };
      },
    });
    expect(violations).toEqual({});
    expect(runs).toBe(schedules);
  });

  it('are decided by the seed alone, to the last step', async () => {
    for (const seed of [3, 14, 159]) {
      const first = await simulateCreations(seed, { keepTimeline: true });
      const again = await simulateCreations(seed, { keepTimeline: true });
      expect(again.timeline).toEqual(first.timeline);
      expect(first.timeline.length).toBeGreaterThan(0);
    }
  });
});

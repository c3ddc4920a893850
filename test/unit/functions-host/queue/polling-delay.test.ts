import { describe, expect, it } from 'vitest';
import { pollingDelay } from '../../../../packages/functions-host/src/queue/polling-delay.ts';

describe('the pause between polls', () => {
  it('grows from 100 ms to the maximum', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 60].map((emptyPolls) => pollingDelay(emptyPolls, 2000, () => 0.5));
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it('differs by a fifth each way', () => {
    expect(pollingDelay(3, 2000, () => 0)).toBeCloseTo(660);
    expect(pollingDelay(3, 2000, () => 1)).toBeCloseTo(940);
  });
});

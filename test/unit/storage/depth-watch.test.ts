import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDepthWatch, type ReadDepths } from '../../../src/storage/queue-depth.ts';

describe('the gauge of the queues', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watch(readDepths: ReadDepths) {
    const reports: [string, number][] = [];
    const look = createDepthWatch({
      readDepths,
      report: (queue, depth) => void reports.push([queue, depth]),
    });
    return { look, reports };
  }

  it('is read soon after the first work, then every half minute so long as work passes', async () => {
    let depth = 10;
    const { look, reports } = watch(async () => [{ queue: 'work', depth }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reports).toEqual([]);
    for (let second = 0; second < 40; second += 1) {
      look();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    depth = 0;
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    expect(reports).toEqual([
      ['work', 10],
      ['work', 10],
      ['work', 0],
    ]);
  });

  it('leaves out a reading that fails', async () => {
    let fails = true;
    const { look, reports } = watch(async () => {
      if (fails) throw new Error('storage is gone');
      return [{ queue: 'dead-letters', depth: 1 }];
    });
    look();
    await vi.advanceTimersByTimeAsync(2_000);
    fails = false;
    look();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(reports).toEqual([['dead-letters', 1]]);
  });
});

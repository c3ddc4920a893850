import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutbox } from '../../../src/telemetry/outbox.ts';

type Step = { readonly push: number } | { readonly take: number } | 'clear';

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ push: fc.integer() }) },
  { weight: 2, arbitrary: fc.record({ take: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
);

describe('the outbox', () => {
  it('gives out in order, keeps within its capacity and counts what it gives up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (capacity, steps) => {
        const outbox = createOutbox<number>(capacity);
        let model: number[] = [];
        let dropped = 0;
        for (const next of steps) {
          if (next === 'clear') {
            outbox.clear();
            dropped += model.length;
            model = [];
          } else if ('push' in next) {
            outbox.push(next.push);
            model.push(next.push);
            if (model.length > capacity) {
              model.shift();
              dropped += 1;
            }
          } else expect(outbox.take(next.take)).toEqual(model.splice(0, next.take));
          expect([outbox.size(), outbox.dropped()]).toEqual([model.length, dropped]);
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRing } from '../../../local/watch/ring.ts';

test('keeps the newest entries in order and counts all of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(), { maxLength: 40 }), (capacity, pushed) => {
      const ring = createRing<number>(capacity);
      for (const entry of pushed) ring.push(entry);
      expect(ring.entries()).toEqual(pushed.slice(-capacity));
      expect(ring.total()).toBe(pushed.length);
    }),
  );
});

test('is empty after clearing and fills again', () => {
  const ring = createRing<number>(2);
  for (const entry of [1, 2, 3]) ring.push(entry);
  ring.clear();
  expect([ring.entries(), ring.total()]).toEqual([[], 0]);
  ring.push(4);
  expect(ring.entries()).toEqual([4]);
});

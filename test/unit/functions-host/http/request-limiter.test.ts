import { describe, expect, it } from 'vitest';
import { createRequestLimiter } from '../../../../packages/functions-host/src/http/request-limiter.ts';

describe('the request limiter', () => {
  it('refuses what is beyond the outstanding limit, waiting requests included', async () => {
    const limiter = createRequestLimiter(1, 2);
    const first = await limiter.enter();
    const second = limiter.enter();
    expect(await limiter.enter()).toBeUndefined();
    first?.();
    (await second)?.();
    expect(await limiter.enter()).toBeTypeOf('function');
  });

  it('lets waiting requests in by turns', async () => {
    const limiter = createRequestLimiter(1, -1);
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (number) => {
        const release = await limiter.enter();
        order.push(number);
        release?.();
      }),
    );
    expect(order).toEqual([1, 2, 3]);
  });
});

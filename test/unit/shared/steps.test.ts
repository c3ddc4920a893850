import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/shared/clock.ts';
import { finish, forEachInSteps, inTurns, type Steps, stepLength } from '../../../src/shared/steps.ts';

function* sumOf(numbers: readonly number[]): Steps<number> {
  let sum = 0;
  yield* forEachInSteps(numbers, (number) => {
    sum += number;
  });
  return sum;
}

const numbers = Array.from({ length: 10 * stepLength }, (_, index) => index);

describe('a computation in steps', () => {
  it('has the same result at once and in turns', async () => {
    expect(await inTurns(sumOf(numbers), systemClock)).toBe(finish(sumOf(numbers)));
  });

  it('gives others a turn whenever its slice of time is over', async () => {
    let now = 0;
    let turns = 0;
    const clock = {
      monotonic: () => {
        now += 7;
        return now;
      },
      turn: () => {
        turns += 1;
        return Promise.resolve();
      },
    };
    await inTurns(sumOf(numbers), clock);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('rejects with what it throws', async () => {
    const broken = (function* (): Steps<never> {
      yield;
      throw new Error('broken');
    })();
    await expect(inTurns(broken, systemClock)).rejects.toThrow('broken');
  });
});

describe('a turn', () => {
  it('lets one of those who wait go on, however many there are', async () => {
    const order: string[] = [];
    const waiters = ['a', 'b', 'c'].map(async (name) => {
      await systemClock.turn();
      order.push(name);
      setImmediate(() => order.push(`after ${name}`));
    });
    await Promise.all(waiters);
    await systemClock.turn();
    expect(order.indexOf('after a')).toBeLessThan(order.indexOf('c'));
    expect(order.filter((entry) => !entry.startsWith('after'))).toEqual(['a', 'b', 'c']);
  });
});

import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/shared/clock.ts';

/** Counts turns of the event loop until it is told to stop. */
function countTurns() {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  return {
    turns: () => turns,
    stop: () => {
      isOver = true;
    },
  };
}

describe('a turn of the event loop', () => {
  it('comes a turn later where others have had work in the last one', async () => {
    const turn = systemClock.turn();
    const counted = countTurns();
    const started = performance.now();
    while (performance.now() - started < 1);
    await turn;
    expect(counted.turns()).toBeGreaterThan(0);
    counted.stop();
  });

  it('is for one of those who wait, in their order', async () => {
    const counted = countTurns();
    const order: { readonly who: string; readonly turns: number }[] = [];
    const note = (who: string) => () => void order.push({ who, turns: counted.turns() });
    await Promise.all(['first', 'second', 'third'].map((who) => systemClock.turn().then(note(who))));
    counted.stop();
    expect(order.map(({ who }) => who)).toEqual(['first', 'second', 'third']);
    const turns = order.map((one) => one.turns);
    expect(new Set(turns).size).toBe(3);
  });
});

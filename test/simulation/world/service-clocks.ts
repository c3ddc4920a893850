import type { Prng } from './prng.ts';

/** The clocks of the storage services: each is a little off, and says whole seconds. */
export interface ServiceClocks {
  /** As the `Date` header of an answer of the table says: its front ends differ. */
  readonly ofTable: () => number;
  /** As the queue stamps a message. */
  readonly ofQueue: () => number;
  /** Milliseconds by which the table's clock is ahead of the truth, whichever front end answers. */
  readonly tableAhead: number;
}

/** Milliseconds that a clock may be off, and the front ends of one service against each other. */
const errors = [0, 0, -1_400, 1_400];
const frontEnds = 900;

export function createServiceClocks(prng: Prng, now: () => number): ServiceClocks {
  const tableAhead = prng.pick(errors);
  const queueAhead = prng.pick(errors);
  const differ = prng.chance(0.3) ? frontEnds : 0;
  return {
    ofTable: () => inSeconds(now() + tableAhead + (differ === 0 ? 0 : prng.int(differ))),
    ofQueue: () => inSeconds(now() + queueAhead),
    tableAhead,
  };
}

function inSeconds(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

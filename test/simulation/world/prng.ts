import { createRandom } from '../../../local/stack/random.ts';

/** The only source of decisions in a simulated run: the same seed gives the same run. */
export interface Prng {
  /** A number in [0, 1), like `Math.random`. */
  readonly next: () => number;
  /** A whole number in [0, below). */
  readonly int: (below: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Removes one element of the list and returns it. */
  readonly take: <T>(list: T[]) => T;
}

export function createPrng(seed: number): Prng {
  const next = createRandom(seed);
  const int = (below: number) => Math.floor(next() * below);
  const at = <T>(list: readonly T[], index: number): T => {
    if (index >= list.length) throw new RangeError('There is nothing to choose from.');
    return list[index] as T;
  };
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => at(list, int(list.length)),
    take: (list) => {
      const index = int(list.length);
      const taken = at(list, index);
      list.splice(index, 1);
      return taken;
    },
  };
}

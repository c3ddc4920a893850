import type { MemberName } from '../../../src/groups/member-name.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { type Holder, type Holders, keyOfName, namesIn, nobodyNamed } from './by-name.ts';

/** Whose each name of a change was, at one moment or another since the change was called. */
export interface Seen {
  readonly holdersOf: (name: string) => readonly Holder[];
  /** Notes whose they are now. */
  readonly note: () => void;
  /** All that lookups may have said: each name at any moment of its own. */
  readonly combinations: () => readonly Holders[];
}

const none: Seen = { holdersOf: () => [], note: () => undefined, combinations: () => [nobodyNamed] };

export function startSeeing(change: RequestedChange, holderOf: (name: MemberName) => Holder): Seen {
  const names = new Map(namesIn(change).map((name) => [keyOfName(name), name]));
  if (names.size === 0) return none;
  const seen = new Map<string, Holder[]>([...names.keys()].map((key) => [key, []]));
  let combinations: readonly Holders[] | null = null;

  function combine(): readonly Holders[] {
    let all: readonly Holders[] = [nobodyNamed];
    for (const [key, holders] of seen)
      all = all.flatMap((one) => holders.map((holder) => new Map([...one, [key, holder]])));
    return all;
  }

  return {
    holdersOf: (name) => seen.get(name) ?? [],
    note: () => {
      for (const [key, name] of names) {
        const holder = holderOf(name);
        const known = seen.get(key) ?? [];
        if (known.some((one) => isSameHolder(one, holder))) continue;
        known.push(holder);
        combinations = null;
      }
    },
    combinations: () => {
      combinations ??= combine();
      return combinations;
    },
  };
}

function isSameHolder(a: Holder, b: Holder): boolean {
  return typeof a === 'object' && typeof b === 'object' ? a.id === b.id : a === b;
}

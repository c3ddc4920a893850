import type { Clock } from '../shared/clock.ts';

/** Object ids by name for a few minutes, in memory alone: a full list that is sent again asks nobody. */
export interface NameCache {
  /** Null: not known, or not any more. */
  readonly get: (nameKey: string) => string | null;
  readonly set: (nameKey: string, id: string) => void;
}

/** Milliseconds: a name that was given to somebody else is noticed after this. */
const keptFor = 3 * 60_000;
/** Far more names than the requests of some minutes have; the oldest go first. */
const maxNames = 20_000;

export function createNameCache({ monotonic }: Pick<Clock, 'monotonic'>): NameCache {
  const kept = new Map<string, { readonly id: string; readonly until: number }>();
  return {
    get: (key) => {
      const held = kept.get(key);
      return held !== undefined && monotonic() < held.until ? held.id : null;
    },
    set: (key, id) => {
      kept.delete(key);
      kept.set(key, { id, until: monotonic() + keptFor });
      const oldest = kept.size > maxNames ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
    },
  };
}

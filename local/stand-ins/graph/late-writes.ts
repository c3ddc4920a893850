/** A write whose caller got no response, and that is carried out later. */
export interface LateWrite {
  /** The number of its call in the log. */
  readonly seq: number;
  /** Milliseconds until it is carried out. */
  readonly dueInMs: number;
}

export interface LateWrites {
  /** Carries out `work` after `ms` milliseconds. */
  add(seq: number, ms: number, work: () => void): void;
  pending(): LateWrite[];
  /** Carries out everything pending, oldest call first; returns how many. */
  landNow(): number;
  /** Drops everything pending: it is never carried out. */
  clear(): void;
}

/** The assumption is that Graph carries out a write within ten minutes of its start, or never. */
export const maxDelayOfWrite = 600_000;

export function createLateWrites(now: () => number): LateWrites {
  const writes = new Map<number, { readonly at: number; readonly land: () => void; timer: NodeJS.Timeout }>();
  return {
    add(seq, ms, work) {
      const land = () => {
        writes.delete(seq);
        work();
      };
      const timer = setTimeout(land, ms).unref();
      writes.set(seq, { at: now() + ms, land, timer });
    },
    pending: () => [...writes].map(([seq, { at }]) => ({ seq, dueInMs: Math.max(0, at - now()) })),
    landNow() {
      const due = [...writes.values()];
      for (const { timer, land } of due) {
        clearTimeout(timer);
        land();
      }
      return due.length;
    },
    clear() {
      for (const { timer } of writes.values()) clearTimeout(timer);
      writes.clear();
    },
  };
}

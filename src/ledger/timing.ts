/**
 * The times of the ledger, in milliseconds. All are compared in storage time: what the `Date` header of the read said
 * that precedes, plus the monotonic time since. The clocks of instances are never compared with one another.
 */
export const timing = {
  /**
   * From a mark until the write that it announces can no longer land: ten minutes from its beginning, by what is
   * assumed of Graph, plus the window in which it may be begun, plus slack for the whole seconds of `Date`.
   */
  landing: 660_000,
  /** No call is begun later than this after its mark. */
  window: 20_000,
  /** Longer than the window and a call: a holder that is alive never loses its lease to another. */
  lease: 45_000,
  /** When the look of a holder is seen, from its mark: a crash is noticed within a minute. */
  lookAfter: 50_000,
  /** Longest time between sending a look and beginning the write that names it. */
  fresh: 30_000,
  /** A wrong 404 lasts less than two minutes at a stretch; the rest is slack for whole seconds and front ends apart. */
  unsure: 130_000,
  /** How long what is gone is remembered. */
  remembered: 30 * 86_400_000,
} as const;

/** Crashes in a row after which a group is given up. */
export const maxCrashes = 5;

export const limits = {
  /** Members that a group shall have. */
  members: 50_000,
  /** Entries of a page beyond which the number of pages grows. */
  page: 1_000,
  /** 2^6 pages at most: with the head they fit one transaction of 100 entities. */
  bits: 6,
  /** Registers of a chunk, and the pages that they may come from. */
  chunk: 500,
  chunkPages: 10,
  /** Bytes that the pages of a group may take: in base64, with the head, they fit one transaction of 4 MiB. */
  bytes: 2_700_000,
} as const;

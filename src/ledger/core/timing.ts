/**
 * The times of the ledger, in milliseconds. All are compared in storage time: the `Date` header of the preceding read
 * plus the monotonic time since. The clocks of instances are never compared with one another.
 */
export const timing = {
  /** By how much the ledger's times are held back: the front ends of storage may differ by that. */
  margin: 2_000,
  /**
   * From a mark until its write can no longer take effect: ten minutes from its start, as assumed of Graph, plus the
   * window in which it may start, plus slack for the whole seconds of `Date`.
   */
  landing: 660_000,
  /** No call starts later than this after its mark. */
  window: 20_000,
  /** Longer than the window and a call: a live holder never loses its lease to another worker. */
  lease: 45_000,
  /** When the look of a holder is delivered, from its mark: a crash is noticed within a minute. */
  lookAfter: 50_000,
  /** Longest time between sending a look and starting the write that names it. */
  fresh: 30_000,
  /** A wrong 404 persists for less than two minutes; the rest is slack for whole seconds and differing front ends. */
  unsure: 130_000,
  /** From a 409 to an addition that does not say why until it is asked again. */
  conflict: 10_000,
  /** How long deleted groups and members are remembered. */
  remembered: 30 * 86_400_000,
} as const;

/** Crashes in a row after which a group is given up. */
export const maxCrashes = 5;

export const limits = {
  /** Members that a group may have. */
  members: 50_000,
  /** Entries per page above which the number of pages grows. */
  page: 1_000,
  /** At most 2^6 pages: with the head they fit one transaction of 100 entities. */
  bits: 6,
  /**
   * Entries of a chunk, and the pages that they may come from. Between two chunks no call is in flight: 2,000 take
   * Graph 8 s at its documented rate, so that this costs a few per cent, and a change that arrives meanwhile waits no
   * longer than that.
   */
  chunk: 2_000,
  chunkPages: 10,
  /**
   * Writes that a head remembers by name. A writer asks within ten seconds whether its own was carried out, and the head
   * of one group is written far less often than six times a second.
   */
  recent: 64,
  /** Bytes that the pages of a group may take: in base64, with the head, they fit one transaction of 4 MiB. */
  bytes: 2_700_000,
} as const;

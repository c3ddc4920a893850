/** How a call of Graph ended, as far as the pace is concerned; `failed` says nothing about the rate. */
export interface CallEnd {
  readonly kind: 'served' | 'throttled' | 'failed';
  /** Seconds that Graph asks to wait. */
  readonly retryAfter: number | null;
}

export interface AdaptiveLimit {
  /** How many calls may be under way together; below 1 it is the share of time in which one may be. */
  readonly current: () => number;
  readonly ended: (end: CallEnd, startedAt: number, inFlight: number) => void;
}

/** Graph's documented ceiling for one application on one connection: up to here it is looked for in a hurry. */
const documentedCeiling = 25;
const firstLimit = 4;
const leastLimit = 0.02;
/** What is kept after a 429: enough to make room for another instance, too little to lose much alone. */
const kept = 0.9;
/** Below two calls at a time, steps are a share of what is. */
const smallStep = 1.2;
/** Milliseconds between two probes beyond what was too much; doubled whenever something is too much, up to a minute. */
const firstProbe = 1_000;
const longestProbe = 60_000;
/** Where a probe that fails closes the gate, so many times that wait passes before the next: it costs 2.5 % then. */
const probesCost = 40;

/** Milliseconds after a probe in which a 429 is its answer; a later one has another cause. */
const probeShows = 1_000;
/** A 429 says something about the limit where at least this share of it was used, or where they come in numbers. */
const used = 0.7;
const inNumbers = 0.08;
/** About the last twenty calls count. */
const memory = 0.95;

/**
 * Finds the allowed concurrency by itself, without a word from other instances: additive increase, multiplicative
 * decrease (RFC 5681's way of sharing a link), in three gaits:
 *
 *     start     one more with every call served, until the first 429 or the documented ceiling
 *     recover   one more with every round of calls, up to just below what was too much
 *     probe     up to what was too much, rarely; the oftener that fails, the more rarely
 *
 * It grows only while it is used to the full, and shrinks once a round: the calls that were under way when it shrank
 * say nothing new. A lone 429 that comes while little is under way is not of our making, and does not shrink
 * it: otherwise one in a few hundred, whatever its cause, would grind a quiet connection down.
 */
export function createAdaptiveLimit(now: () => number): AdaptiveLimit {
  let limit = firstLimit;
  let starting = true;
  let tooMuch = documentedCeiling + 1;
  let changedAt = Number.NEGATIVE_INFINITY;
  let probedAt = Number.NEGATIVE_INFINITY;
  let probeAfter = firstProbe;
  let refused = 0;

  function shrink(retryAfter: number | null): void {
    const probeFailed = now() - probedAt < probeShows;
    if (probeFailed) probeAfter *= 2;
    probeAfter = Math.min(longestProbe, Math.max(probeAfter, (retryAfter ?? 0) * 1000 * probesCost));
    probedAt = Number.NEGATIVE_INFINITY;
    starting = false;
    tooMuch = limit < 2 ? limit : Math.floor(limit);
    limit = Math.max(leastLimit, limit * kept);
    changedAt = now();
  }

  function grow(): void {
    const next = starting ? limit + 1 : limit < 1 ? limit * smallStep : limit + 1 / limit;
    if (next < tooMuch) {
      limit = next;
      return;
    }
    if (starting) changedAt = now();
    starting = false;
    if (now() - changedAt < probeAfter) return;
    // The probe before this one was no mistake.
    if (probedAt > Number.NEGATIVE_INFINITY) probeAfter = Math.max(firstProbe, probeAfter / 2);
    limit = tooMuch;
    tooMuch = limit < 2 ? limit * smallStep : limit + 1;
    changedAt = now();
    probedAt = changedAt;
  }

  return {
    current: () => limit,
    ended: ({ kind, retryAfter }, startedAt, inFlight) => {
      if (kind === 'failed') return;
      refused = refused * memory + (kind === 'throttled' ? 1 - memory : 0);
      if (kind === 'served' && inFlight >= Math.floor(limit)) grow();
      const isOurs = inFlight >= limit * used || refused > inNumbers;
      if (kind === 'throttled' && isOurs && startedAt > changedAt) shrink(retryAfter);
    },
  };
}

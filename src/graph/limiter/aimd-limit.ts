/** The result of a call of Graph, for the limiter; `failed` means nothing for the rate. */
export interface CallResult {
  readonly kind: 'served' | 'throttled' | 'failed';
  /** Seconds that Graph asks to wait. */
  readonly retryAfter: number | null;
}

export interface AimdLimit {
  /** How many calls may be in flight together; below 1 it is the share of time in which one may be. */
  readonly current: () => number;
  /** `inFlight`: calls in flight when this one ended, itself included. */
  readonly record: (result: CallResult, startedAt: number, inFlight: number) => void;
}

/** Graph's documented ceiling for one application on one connection: up to here it is looked for in a hurry. */
const documentedCeiling = 25;
const initialLimit = 4;
const minLimit = 0.02;
/** What is left after a 429: enough to make room for another instance, too little to lose much alone. */
const decrease = 0.9;
/** Below two calls at a time, steps are a share of what is. */
const smallStep = 1.2;
/** Milliseconds between two steps beyond what was too much; doubled whenever one is too much, up to a minute. */
const firstExploration = 1_000;
const maxExploration = 60_000;
/** Where such a step makes Graph ask for a wait, so many times that wait passes before the next: it costs 2.5 % then. */
const explorationCost = 40;

/** After so many served calls such a step is due in any case where it costs a 429 or two and no wait. */
const explorationCalls = 500;
/** Milliseconds after which a limit is tried again that had served until a 429 came: it may have had another cause. */
const secondTry = 3_000;

/** Milliseconds after such a step in which a 429 is its answer; a later one has another cause. */
const explorationShows = 1_000;
/** A 429 says something about the limit where at least this share of it was used, or where they come in numbers. */
const usedShare = 0.7;
const throttledShare = 0.08;
/** About the last twenty calls count. */
const memory = 0.95;

/**
 * Finds the allowed concurrency by itself, without a word from other instances: additive increase, multiplicative
 * decrease (RFC 5681's way of sharing a link), in three phases:
 *
 *     slow start   one more with every call served, until the first 429 or the documented ceiling
 *     recovery     one more with every round of calls, up to just below what was too much
 *     exploration  up to what was too much, less often each time it fails, but once in some hundred calls
 *
 * It grows only while it is used to the full, and shrinks once a round: the calls that were in flight when it shrank
 * say nothing new. A lone 429 that comes while little is in flight has another cause, and does not shrink it: otherwise
 * one in a few hundred would wear a quiet connection down.
 *
 * @param now Milliseconds of a clock that never runs back.
 */
export function createAimdLimit(now: () => number): AimdLimit {
  let limit = initialLimit;
  let isSlowStart = true;
  let tooMuch = documentedCeiling + 1;
  let changedAt = Number.NEGATIVE_INFINITY;
  let exploredAt = Number.NEGATIVE_INFINITY;
  let exploreAfter = firstExploration;
  /** Milliseconds from the last change to the next exploration, and the served calls that stand in for them. */
  let holdFor = firstExploration;
  let heldCalls = 0;
  let hadToWait = false;
  let throttled = 0;

  function shrink(retryAfter: number | null): void {
    const explorationFailed = now() - exploredAt < explorationShows;
    if (explorationFailed) exploreAfter *= 2;
    exploreAfter = Math.min(
      maxExploration,
      Math.max(exploreAfter, (retryAfter ?? 0) * 1000 * explorationCost),
    );
    exploredAt = Number.NEGATIVE_INFINITY;
    isSlowStart = false;
    hadToWait = retryAfter !== null;
    hold(explorationFailed || hadToWait ? exploreAfter : Math.min(exploreAfter, secondTry));
    tooMuch = limit < 2 ? limit : Math.floor(limit);
    limit = Math.max(minLimit, limit * decrease);
    changedAt = now();
  }

  function hold(milliseconds: number): void {
    holdFor = milliseconds;
    heldCalls = 0;
  }

  /** Whether what was too much may be tried again. */
  function isDue(): boolean {
    const held = now() - changedAt;
    return held >= holdFor || (held >= firstExploration && heldCalls >= explorationCalls && !hadToWait);
  }

  function grow(): void {
    const next = isSlowStart ? limit + 1 : limit < 1 ? limit * smallStep : limit + 1 / limit;
    if (next < tooMuch) {
      limit = next;
      return;
    }
    if (isSlowStart) changedAt = now();
    isSlowStart = false;
    heldCalls += 1;
    if (!isDue()) return;
    // The exploration before this one was no mistake.
    if (exploredAt > Number.NEGATIVE_INFINITY) exploreAfter = Math.max(firstExploration, exploreAfter / 2);
    hold(exploreAfter);
    limit = tooMuch;
    tooMuch = limit < 2 ? limit * smallStep : limit + 1;
    changedAt = now();
    exploredAt = changedAt;
  }

  return {
    current: () => limit,
    record: ({ kind, retryAfter }, startedAt, inFlight) => {
      if (kind === 'failed') return;
      throttled = throttled * memory + (kind === 'throttled' ? 1 - memory : 0);
      if (kind === 'served' && inFlight >= Math.floor(limit)) grow();
      const isTelling = inFlight >= limit * usedShare || throttled > throttledShare;
      if (kind === 'throttled' && isTelling && startedAt > changedAt) shrink(retryAfter);
    },
  };
}

import { createAimdLimit } from './aimd-limit.ts';
import type { Acquired, AcquireOptions, LimiterClock, Permit } from './permit.ts';

/** Gives permits for the calls of one connection: first come, first served. */
export type ConnectionLimiter = (options: AcquireOptions) => Promise<Acquired>;

/** Maximum milliseconds for which a `Retry-After` pauses a connection: as long as a message can be delayed. */
const maxPause = 7 * 86_400_000;
/** Maximum milliseconds that a timer can be set for: a longer one would fire at once. */
const maxTimer = 2_147_483_647;
/** Maximum milliseconds between two calls, however small the limit and however slow Graph. */
const maxSpacing = 30_000;
/** Below this share of the time, the expected wait is simply "long". */
const minShare = 0.05;

/**
 * Besides the limit, two things hold calls back: a pause that Graph asks for, which binds every call, and spacing, if the
 * limit is below one concurrent call. Spacing is a guess of ours: one urgent call at a time that could not wait for it is
 * let through as a half-open probe.
 */
export function createConnectionLimiter({ monotonic: now, after }: LimiterClock): ConnectionLimiter {
  const limit = createAimdLimit(now);
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let spacedUntil = Number.NEGATIVE_INFINITY;
  let isProbing = false;
  /** Average duration of a served call in milliseconds, over about the last ten. */
  let usualDuration = 100;
  let isWakeSet = false;

  const heldUntil = () => Math.max(pausedUntil, spacedUntil);
  const hasRoom = () => now() >= heldUntil() && inFlight < Math.max(1, Math.floor(limit.current()));

  function admitWaiting(): void {
    while (waiting.length > 0 && hasRoom()) waiting.shift()?.();
    if (waiting.length === 0 || isWakeSet || now() >= heldUntil()) return;
    isWakeSet = true;
    after(Math.min(maxTimer, heldUntil() - now()), () => {
      isWakeSet = false;
      admitWaiting();
    });
  }

  function createPermit(isProbe = false): Permit {
    inFlight += 1;
    isProbing ||= isProbe;
    const startedAt = now();
    return {
      release: (result) => {
        const { kind, retryAfter } = result;
        limit.record(result, startedAt, inFlight);
        inFlight -= 1;
        if (isProbe) isProbing = false;
        const duration = now() - startedAt;
        if (kind === 'served') usualDuration = 0.9 * usualDuration + 0.1 * duration;
        if (retryAfter !== null)
          pausedUntil = Math.max(pausedUntil, now() + Math.min(maxPause, retryAfter * 1000));
        const share = limit.current();
        // The duration of a call that was not served is meaningless: a 429 is quick, and silence lasts until the deadline.
        const length = kind === 'served' ? Math.max(duration, usualDuration) : usualDuration;
        if (share < 1) spacedUntil = now() + Math.min(maxSpacing, length * (1 / share - 1));
        admitWaiting();
      },
    };
  }

  /** Milliseconds until a call arriving now would get its permit. */
  function expectedWait(): number {
    const held = Math.max(0, heldUntil() - now());
    return held + (waiting.length / Math.max(minShare, limit.current())) * usualDuration;
  }

  return async function acquire({ maxWait, urgent, signal }) {
    const turnedAway = () => ({ retryAfter: expectedWait() / 1000 });
    if (signal?.aborted) return turnedAway();
    if (waiting.length === 0 && hasRoom()) return createPermit();
    const canProbe = now() >= pausedUntil && spacedUntil - now() > maxWait;
    if (urgent && canProbe && !isProbing) return createPermit(true);
    if (expectedWait() > maxWait) return turnedAway();

    const { promise, resolve } = Promise.withResolvers<Acquired>();
    const admit = () => {
      cancel();
      signal?.removeEventListener('abort', giveUp);
      resolve(createPermit());
    };
    const giveUp = () => {
      cancel();
      signal?.removeEventListener('abort', giveUp);
      const at = waiting.indexOf(admit);
      if (at >= 0) waiting.splice(at, 1);
      resolve(turnedAway());
    };
    const cancel = after(maxWait, giveUp);
    signal?.addEventListener('abort', giveUp);
    waiting.push(admit);
    admitWaiting();
    return promise;
  };
}

import { createAdaptiveLimit } from './adaptive-limit.ts';
import type { Entered, EnterOptions, PaceClock, Permit } from './permit.ts';

/** The way to the calls of one connection: first come, first served. */
export type Gate = (options: EnterOptions) => Promise<Entered>;

/** A gate stays closed for so many milliseconds at the most: each message keeps its own, longer wait. */
const longestClosure = 300_000;
/** Below this share of the time the expected wait says no more than "long". */
const leastShare = 0.05;

export function createGate({ now, after }: PaceClock): Gate {
  const limit = createAdaptiveLimit(now);
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let closedAt = 0;
  let closedUntil = 0;
  let restUntil = 0;
  let onTrial = false;
  let usualDuration = 100;
  let wakes = false;

  const opensAt = () => Math.max(closedUntil, restUntil);
  const hasRoom = () => now() >= opensAt() && inFlight < Math.max(1, Math.floor(limit.current()));

  function letIn(): void {
    while (waiting.length > 0 && hasRoom()) waiting.shift()?.();
    if (waiting.length === 0 || wakes || now() >= opensAt()) return;
    wakes = true;
    after(opensAt() - now(), () => {
      wakes = false;
      letIn();
    });
  }

  function permit(trial = false): Permit {
    inFlight += 1;
    onTrial ||= trial;
    const startedAt = now();
    return {
      leave: (end) => {
        const { kind, retryAfter } = end;
        limit.ended(end, startedAt, inFlight);
        inFlight -= 1;
        if (trial) onTrial = false;
        const duration = now() - startedAt;
        if (kind === 'served') {
          usualDuration = 0.9 * usualDuration + 0.1 * duration;
          // A call that set out after the gate had closed and was served shows that it may open.
          if (startedAt >= closedAt) closedUntil = 0;
        }
        if (retryAfter !== null) {
          closedAt = now();
          closedUntil = Math.max(closedUntil, now() + Math.min(longestClosure, retryAfter * 1000));
        }
        const share = limit.current();
        // Less than one call at a time: after each comes a rest, of that call's length as usual (a 429 is short).
        if (share < 1) restUntil = now() + Math.max(duration, usualDuration) * (1 / share - 1);
        letIn();
      },
    };
  }

  /** Milliseconds until a call that came now would have its turn. */
  function expectedWait(): number {
    const untilOpen = Math.max(0, opensAt() - now());
    return untilOpen + (waiting.length / Math.max(leastShare, limit.current())) * usualDuration;
  }

  return ({ patience, urgent, signal }) => {
    if (urgent && now() < closedUntil && !onTrial) return Promise.resolve(permit(true));
    if (waiting.length === 0 && hasRoom()) return Promise.resolve(permit());
    const expected = expectedWait();
    if (expected > patience) return Promise.resolve({ tooLong: expected / 1000 });

    const { promise, resolve } = Promise.withResolvers<Entered>();
    const admit = () => {
      callOff();
      signal?.removeEventListener('abort', giveUp);
      resolve(permit());
    };
    const giveUp = () => {
      callOff();
      const at = waiting.indexOf(admit);
      if (at >= 0) waiting.splice(at, 1);
      resolve({ tooLong: expectedWait() / 1000 });
    };
    const callOff = after(patience, giveUp);
    signal?.addEventListener('abort', giveUp, { once: true });
    waiting.push(admit);
    letIn();
    return promise;
  };
}

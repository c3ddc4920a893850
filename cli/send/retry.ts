import { setTimeout as pause } from 'node:timers/promises';

/** A failed attempt worth retrying; `after`: seconds that the other side asks for, or null. */
export interface Again {
  readonly again: true;
  readonly after: number | null;
  readonly why: string;
}

export interface RetryOptions {
  readonly maxTries: number;
  /** Seconds. */
  readonly maxWait: number;
  readonly interrupted: AbortSignal;
}

/** Repeats `attempt` with growing delays, or those asked for; returns the last `Again` when no tries are left. */
export async function withRetry<T extends object>(
  attempt: () => Promise<T | Again>,
  { maxTries, maxWait, interrupted }: RetryOptions,
): Promise<T | Again> {
  for (let made = 1; ; made += 1) {
    const result = await attempt();
    if (!isAgain(result) || made >= maxTries || interrupted.aborted) return result;
    const seconds = Math.min(maxWait, result.after ?? 2 ** (made - 1) * (0.5 + Math.random() / 2));
    await pause(seconds * 1000, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

export function isAgain(result: object): result is Again {
  return 'again' in result;
}

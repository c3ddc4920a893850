import { setTimeout as pause } from 'node:timers/promises';

/** A try that may do better later; `after`: seconds that the other side asks for, null where it says nothing. */
export interface Again {
  readonly again: true;
  readonly after: number | null;
  readonly why: string;
}

export interface Patience {
  readonly tries: number;
  /** Seconds. */
  readonly longestWait: number;
  readonly interrupted: AbortSignal;
}

/** Repeats `attempt` with growing waits, or those asked for; gives back the last `Again` when the tries are used up. */
export async function withPatience<T extends object>(
  attempt: () => Promise<T | Again>,
  { tries, longestWait, interrupted }: Patience,
): Promise<T | Again> {
  for (let made = 1; ; made += 1) {
    const result = await attempt();
    if (!isAgain(result) || made >= tries || interrupted.aborted) return result;
    const seconds = Math.min(longestWait, result.after ?? 2 ** (made - 1) * (0.5 + Math.random() / 2));
    await pause(seconds * 1000, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

export function isAgain(result: object): result is Again {
  return 'again' in result;
}

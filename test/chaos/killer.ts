import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../local/stack/random.ts';
import type { Stack } from '../../local/stack/stack.ts';

export interface Killer {
  readonly kills: () => number;
  /** Stops killing; a host is running afterwards. */
  readonly stop: () => Promise<void>;
}

export interface KillerOptions {
  /** Minimum and maximum lifetime of a host in milliseconds. */
  readonly every: readonly [number, number];
  /** Maximum number of kills. */
  readonly most: number;
  readonly random: Random;
  /** Called if a host no longer starts. */
  readonly onFailure: (reason: unknown) => void;
}

/** Kills the functions host in the middle of its work, again and again, and starts another one. */
export function startKiller(
  stack: Stack,
  { every, most: maxKills, random, onFailure }: KillerOptions,
): Killer {
  const [least, most] = every;
  const stopping = new AbortController();
  let kills = 0;
  const done = (async () => {
    while (kills < maxKills) {
      const life = least + random() * (most - least);
      const stopped = await pause(life, false, { signal: stopping.signal }).catch(() => true);
      if (stopped) return;
      stack.host?.kill('SIGKILL');
      await stack.host?.exited;
      kills += 1;
      await stack.startHost();
    }
  })();
  done.catch(onFailure);
  return {
    kills: () => kills,
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';

/** Seconds between two looks of `--watch`. */
const interval = 2;

/** Looks once, or with `watch` again and again until Ctrl-C. */
export async function repeat(
  watch: boolean,
  { interrupted }: Pick<Context, 'interrupted'>,
  look: () => Promise<void>,
): Promise<void> {
  await look();
  while (watch && !interrupted.aborted) {
    await pause(interval * 1000, undefined, { signal: interrupted }).catch(() => undefined);
    if (!interrupted.aborted) await look();
  }
}

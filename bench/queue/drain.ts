import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../local/stack/stack.ts';
import { exitOf } from '../../local/stack/stop-process.ts';
import { impatient, startApp } from '../apps.ts';
import { fill } from './fill.ts';

export type Drainer = 'ours' | 'loop' | 'plain';

const queues = { ours: 'external-group-creations', loop: 'bare-loop', plain: 'plain-creations' } as const;

/** Creates per second of one process: after its start, and once its code is compiled. */
export interface DrainRates {
  readonly cold: number;
  readonly warm: number;
}

/** Messages after which a process counts as warm; before that, the first tenth (connections) is left out. */
export const warmAfter = 1_500;

/** Fills a queue, then lets one side empty it. */
export async function drain(stack: Stack, side: Drainer, count: number, prefix: string): Promise<DrainRates> {
  await fill(stack.azurite.connectionString, queues[side], count, prefix);
  stack.graph.reset();
  const stop = side === 'loop' ? startLoop(stack) : await startHost(stack, side);
  try {
    const giveUp = Date.now() + 120_000;
    while (stack.graph.counters().created < count) {
      if (Date.now() > giveUp) throw new Error(`${side} did not empty its queue within two minutes.`);
      await delay(20);
    }
    const times = stack.graph.calls().map(({ at, durationMs = 0 }) => at + durationMs);
    const rate = (from: number, to: number) =>
      ((to - from) / ((times[to - 1] ?? 0) - (times[from] ?? 0))) * 1000;
    return { cold: rate(Math.floor(warmAfter / 10), 1_000), warm: rate(warmAfter, count) };
  } finally {
    await stop();
  }
}

async function startHost(stack: Stack, app: 'ours' | 'plain'): Promise<() => Promise<unknown>> {
  const host = await startApp(stack, app, impatient);
  return () => host.stop(5_000);
}

function startLoop(stack: Stack): () => Promise<unknown> {
  const script = fileURLToPath(new URL('loop.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, queues.loop], {
    env: stack.env,
    stdio: 'ignore',
  });
  return async () => {
    // Its last deletions are in progress.
    await delay(200);
    child.kill('SIGKILL');
    await exitOf(child);
  };
}

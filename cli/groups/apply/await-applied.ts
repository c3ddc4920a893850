import { setTimeout as pause } from 'node:timers/promises';
import { eachLimited } from '../../../src/shared/each-limited.ts';
import type { LedgerClient } from '../ledger-client.ts';
import { outcomeOf, type Result } from './carry-out.ts';
import { atATime } from './plan.ts';

interface AwaitOptions {
  /** Milliseconds. */
  readonly within: number;
  readonly now: () => number;
  readonly interrupted: AbortSignal;
  readonly progressed: (result: Result) => Promise<void>;
}

/** Milliseconds between two reads of work in progress. */
const interval = 1_000;

/** Polls the records of work in progress until all are final, or the time is up. */
export async function awaitApplied(
  ledger: LedgerClient,
  results: readonly Result[],
  { within, now, interrupted, progressed }: AwaitOptions,
): Promise<readonly Result[]> {
  const until = now() + within;
  const ended = new Map<Result, Result>();
  let waiting = results.filter(({ outcome }) => outcome === 'applying');
  while (waiting.length > 0 && now() < until && !interrupted.aborted) {
    await pause(interval, undefined, { signal: interrupted }).catch(() => undefined);
    await eachLimited(waiting, atATime, async (result) => {
      if (interrupted.aborted) return;
      const record = await ledger.readGroup(result.plan.name);
      if (record === null || record.state === 'applying') return;
      const end = { plan: result.plan, ...outcomeOf(record) };
      ended.set(result, end);
      await progressed(end);
    });
    waiting = waiting.filter((result) => !ended.has(result));
  }
  return results.map((result) => ended.get(result) ?? result);
}

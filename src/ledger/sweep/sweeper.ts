import { describeError } from '../../problems/adapter-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { storageWithin } from '../../storage/bounds.ts';
import type { Log } from '../../telemetry/telemetry.ts';
import type { DelayedQueue } from '../delayed-queue.ts';
import type { StepMessage, SweepMessage } from './sweep-message.ts';
import type { StoredSweep, SweepRecord, SweepRecords } from './sweep-record.ts';

/** What one step of a walk is given. */
export interface StepContext {
  /** Storage time, in milliseconds. */
  readonly now: () => number;
  /** The time of the step is up: it begins nothing further. */
  readonly isOver: () => boolean;
  readonly log: Log;
}

/** How a step ends; `delay`: milliseconds until the next one. */
export type StepEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'more'; readonly progress: unknown; readonly delay: number };

/** A walk over groups: makes one step from where an earlier one has stopped. Rejects if storage fails. */
export type Walk = (progress: unknown, context: StepContext) => Promise<StepEnd>;

/** Runs a walk of any length step by step, and never twice at the same time. */
interface Sweeper {
  /** Begins a run, or makes sure that the current one continues. `sweep`: the walk, and after a dot what it walks over. */
  readonly begin: (sweep: string, progress: unknown, log: Log) => Promise<void>;
  readonly step: (message: StepMessage, log: Log) => Promise<void>;
}

interface SweeperPorts {
  readonly records: SweepRecords;
  readonly steps: DelayedQueue<SweepMessage>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Milliseconds after which a step begins nothing further: where Graph is silent, each call takes as long as it may, and
 * the host ends an invocation after five minutes (`functionTimeout`).
 */
const beginWithin = 120_000;
/** Milliseconds for which a worker has a step: no invocation lasts longer. */
const claimFor = 330_000;
/** Milliseconds until a failed step is tried again. */
const again = 60_000;
/** Milliseconds after which a step that was due is taken for lost, and a new run may begin. */
const lostAfter = 900_000;
/** Longest time between sending a guard and writing the claim that it guards. */
const fresh = 10_000;
const within = storageWithin.queue;

/**
 * Where a walk has come to is in its record, which only one worker at a time has:
 *
 *     1 send    this step again, seen when the claim has expired     a crash from here on: the guard goes on
 *     2 write   the claim, If-Match                                  another worker was first: it has the step
 *     3 walk    for two minutes at most
 *     4 write   where the next step begins; the claim is released
 *     5 send    the next step                                        a crash before it: the guard sends it
 *     6 delete  the guard
 *
 * A message of another run or step, or of a step that another worker has, is dropped: another message covers it.
 */
export function createSweeper(
  { records, steps, clock, newId }: SweeperPorts,
  walks: Readonly<Record<string, Walk>>,
): Sweeper {
  async function work(
    sweep: string,
    stored: StoredSweep | null,
    { run, step, progress }: Pick<SweepRecord, 'run' | 'step' | 'progress'>,
    { now, log }: Pick<StepContext, 'now' | 'log'>,
  ): Promise<void> {
    const walk = walks[sweep.split('.')[0] ?? ''];
    if (walk === undefined) return log('error', `there is no sweep ${sweep}`);
    const sentAt = clock.monotonic();
    const guard = await steps.send({ sweep, run, step }, claimFor + fresh, within);
    if (clock.monotonic() - sentAt > fresh) throw new Error(`${sweep}: the queue took too long`);
    const claim = { run, step, isClaimed: true, until: now() + claimFor, due: 0, progress };
    const claimed = await records.writeSweep(sweep, stored, claim, within);
    const dropGuard = () => steps.remove(guard, within).catch(() => undefined);
    if (claimed === null) return void (await dropGuard());
    const beginUntil = clock.monotonic() + beginWithin;
    const isOver = () => clock.monotonic() >= beginUntil;
    const end = await walk(progress, { now, isOver, log }).catch((thrown: unknown): StepEnd => {
      log('warn', `${sweep} continues later: ${describeError(thrown)}`);
      return { kind: 'more', progress, delay: again };
    });
    if (end.kind === 'done') {
      await records.writeSweep(sweep, claimed, { ...claim, run: '', isClaimed: false, until: 0 }, within);
    } else {
      const due = now() + end.delay;
      const after = {
        run,
        step: step + 1,
        isClaimed: false,
        until: due + lostAfter,
        // Storage shows whole seconds: a step that may begin at once does not wait for the next one.
        due: end.delay === 0 ? 0 : due,
        progress: end.progress,
      };
      // Null: this worker has lost its claim, and another one continues.
      if ((await records.writeSweep(sweep, claimed, after, within)) !== null)
        await steps.send({ sweep, run, step: step + 1 }, end.delay, within);
    }
    await dropGuard();
  }

  /** Sends the step that is due: a second message is dropped, a missing one was lost. */
  async function wake(sweep: string, { run, step, due }: SweepRecord, now: number): Promise<void> {
    await steps.send({ sweep, run, step }, Math.max(0, due - now), within);
  }

  return {
    begin: async (sweep, progress, log) => {
      const { stored, now } = await records.readSweep(sweep, within);
      if (stored === null || stored.record.until <= now())
        return work(sweep, stored, { run: newId(), step: 1, progress }, { now, log });
      log('info', `${sweep} is already running`);
      if (!stored.record.isClaimed) await wake(sweep, stored.record, now());
    },
    step: async ({ sweep, run, step }, log) => {
      const { stored, now } = await records.readSweep(sweep, within);
      if (stored === null || stored.record.run !== run) return;
      const { record } = stored;
      if (record.isClaimed && record.until > now()) return;
      if (record.step === step && record.due <= now()) return work(sweep, stored, record, { now, log });
      // Too early, or left behind by a crash before the next step was sent.
      if (record.step === step || record.step === step + 1) await wake(sweep, record, now());
    },
  };
}

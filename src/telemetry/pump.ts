import type { Outbox } from './outbox.ts';
import type { Signal } from './signal.ts';
import type { Log } from './telemetry.ts';

/** The connection to the intake, once the SDK is loaded. Neither member throws or rejects. */
export interface Intake {
  readonly record: (signal: Signal) => void;
  /** Sends what has been recorded; `metrics` too, which are otherwise sent once a minute. */
  readonly send: (what: { readonly metrics: boolean }) => Promise<void>;
}

interface PumpOptions {
  readonly outbox: Outbox<Signal>;
  /** Loads the SDK: a few hundred milliseconds in which the process does nothing else. */
  readonly connect: () => Promise<Intake>;
  /** Whether a caller is currently being served. */
  readonly isBusy: () => boolean;
  readonly log: Log;
}

interface Pump {
  /** To be called when something has been put into the outbox. */
  readonly wake: () => void;
  /** Sends everything, including metrics; resolves when it is sent or has failed. */
  readonly flush: () => Promise<void>;
}

/** Milliseconds of silence before the SDK is loaded: the first response has been sent, the next call has not arrived. */
const quiet = 300;
/** The maximum delay of loading under a steady flow of calls. */
const patience = 5_000;
/** Signals of this many milliseconds are sent together. */
const interval = 1_000;
/** Maximum signals at once: the SDK sends 512 in a request, and drops from 2,048 on. */
const portion = 512;
/** Minimum interval between two reports of losses. */
const reportEvery = 10 * 60_000;

/**
 * Moves signals from the outbox to the intake in batches, and takes the next batch only when the previous one has been
 * sent or has failed. So however slow the intake, waiting signals stay in the outbox, which is bounded and counts what it
 * drops; the SDK's own queues drop silently.
 */
export function createPump({ outbox, connect, isBusy, log }: PumpOptions): Pump {
  let connecting: Promise<Intake | null> | null = null;
  let intake: Intake | null = null;
  let failed = false;
  let timer: NodeJS.Timeout | null = null;
  let firstWaits: number | null = null;
  let draining: Promise<void> | null = null;
  let reported = { dropped: 0, at: Number.NEGATIVE_INFINITY };

  async function load(): Promise<Intake | null> {
    try {
      return await connect();
    } catch (thrown) {
      const name = thrown instanceof Error ? thrown.name : typeof thrown;
      log('error', `Application Insights could not be loaded (${name}): no telemetry leaves this process.`);
      failed = true;
      return null;
    }
  }

  async function sendAll(): Promise<void> {
    connecting ??= load();
    intake = await connecting;
    if (intake === null) {
      outbox.clear();
      return;
    }
    while (outbox.size() > 0) {
      for (const signal of outbox.take(portion)) intake.record(signal);
      await intake.send({ metrics: false });
      reportLosses();
    }
  }

  function reportLosses(): void {
    const dropped = outbox.dropped();
    if (dropped === reported.dropped || performance.now() - reported.at < reportEvery) return;
    reported = { dropped, at: performance.now() };
    log('warn', `Application Insights could not keep up: ${dropped} signals dropped since the start.`);
  }

  function drain(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    draining ??= sendAll().finally(() => {
      draining = null;
      if (outbox.size() > 0) wake();
    });
    return draining;
  }

  function onTimer(): void {
    const patient = firstWaits !== null && performance.now() - firstWaits < patience;
    if (intake === null && isBusy() && patient) arm(quiet);
    else void drain();
  }

  function arm(milliseconds: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(onTimer, milliseconds).unref();
  }

  function wake(): void {
    if (failed) outbox.clear();
    if (failed || draining !== null) return;
    if (intake !== null) {
      if (timer === null) arm(interval);
      return;
    }
    firstWaits ??= performance.now();
    arm(Math.max(0, Math.min(quiet, firstWaits + patience - performance.now())));
  }

  return {
    wake,
    flush: async () => {
      if (outbox.size() === 0 && connecting === null) return;
      await drain();
      await intake?.send({ metrics: true });
    },
  };
}

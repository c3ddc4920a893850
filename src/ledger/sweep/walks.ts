import { storageWithin } from '../../storage/bounds.ts';
import type { Log } from '../../telemetry/telemetry.ts';
import type { DelayedQueue } from '../delayed-queue.ts';
import type { LedgerPorts } from '../ports.ts';
import { createHourlyPass, startOfPass } from './hourly-pass.ts';
import { readSweepMessage, type SweepMessage } from './sweep-message.ts';
import { createSweeper } from './sweeper.ts';
import { createVerification, startOfVerification } from './verification.ts';
import { createVerifyGroup } from './verify-group.ts';

interface Options {
  readonly log: Log;
}

/** The walks over all groups: the hourly pass and the verification. */
export interface Walks {
  /** Begins the hourly pass, and makes its first step. */
  readonly hourlyPass: (options: Options) => Promise<void>;
  readonly verify: {
    /** Begins a verification of every connection that may be written to. */
    readonly begin: () => Promise<void>;
    /** Works on one message on the queue of walks. */
    readonly step: (message: unknown, options: Options) => Promise<void>;
    /**
     * Resends a message from the poison queue: repeating it is harmless, and without it the rest of its walk would have to
     * wait for the next run. Rejects if it cannot be sent.
     */
    readonly resume: (message: unknown, options: Options) => Promise<void>;
  };
}

/** Milliseconds until a message from the poison queue is delivered again. */
const again = 60_000;
const within = storageWithin.queue;
const unreadable = 'a message on the queue of sweeps cannot be read';

export function createWalks(
  ports: LedgerPorts,
  steps: DelayedQueue<SweepMessage>,
  isAllowed: (connectionId: string) => boolean,
): Walks {
  const { store, clock, context } = ports;
  const sweeper = createSweeper(
    { records: store, steps, clock, newId: context.newId },
    {
      hourly: createHourlyPass(ports, isAllowed),
      verification: createVerification(store, createVerifyGroup(ports), isAllowed),
    },
  );

  async function work(message: SweepMessage, log: Log): Promise<void> {
    if ('sweep' in message) return sweeper.step(message, log);
    const { connectionId, partition, after = null } = message;
    const progress = startOfVerification({ connectionId, partition, after });
    await sweeper.begin(`verification.${connectionId}`, progress, log);
  }

  return {
    hourlyPass: ({ log }) => sweeper.begin('hourly', startOfPass, log),
    verify: {
      begin: async function beginVerification() {
        for (const connectionId of await store.listConnections(within))
          if (isAllowed(connectionId)) await steps.send({ connectionId, partition: 0 }, 0, within);
      },
      step: async function makeStep(value, { log }) {
        const message = readSweepMessage(value);
        if (message === null) return log('error', unreadable);
        await work(message, log);
      },
      resume: async function resumeWalk(value, { log }) {
        const message = readSweepMessage(value);
        if (message === null) return log('error', unreadable);
        log('warn', 'a sweep was interrupted repeatedly and continues');
        await steps.send(message, again, within);
      },
    },
  };
}

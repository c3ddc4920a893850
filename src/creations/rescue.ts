import { describeError } from '../problems/adapter-error.ts';
import { storageWithin } from '../storage/bounds.ts';
import { burialOf, toBurial } from './burial.ts';
import type { Bury } from './bury.ts';
import type { ReadMessage } from './message.ts';
import { isFinal } from './operations/operation.ts';
import type { Operations } from './operations/operations.ts';
import { type Arrival, toWork } from './work.ts';

/** Moves what the host gave up on from the poison queue, where it would end after 7 days, to the dead letters. */
export type Rescue = (payload: unknown, arrival: Arrival) => Promise<void>;

export interface RescueDependencies {
  readonly readMessage: ReadMessage;
  readonly operations: Operations;
  readonly bury: Bury;
  readonly now: () => number;
}

export function createRescue({ readMessage, operations, bury, now }: RescueDependencies): Rescue {
  return async (payload, arrival) => {
    const read = readMessage(payload);
    if (!read.ok) return bury(burialOf(payload, { code: read.code, detail: read.detail }, arrival, now));
    const work = toWork(read.message, arrival, now);
    const detail =
      'The host gave up after the work on the message had failed or been interrupted again and again.';
    const burial = toBurial(work, { code: 'crashed', detail });
    if (burial.operation === null) return bury(burial);
    try {
      const running = { ...burial.operation, status: 'running' } as const;
      const stored = await operations.record(running, work.delivery, storageWithin.queue);
      // Interrupted only after its end had been recorded: there is nothing left to bury.
      if (stored.delivery === work.delivery && isFinal(stored.operation)) return;
    } catch (thrown) {
      arrival.log('warn', `operation ${work.operationId}: cannot be read: ${describeError(thrown)}`);
    }
    return bury(burial);
  };
}

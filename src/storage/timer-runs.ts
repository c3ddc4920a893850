import type { StorageSetting } from '../settings/storage-setting.ts';
import { within } from '../shared/within.ts';
import { storageWithin } from './bounds.ts';
import type { CredentialFor } from './credential.ts';
import { ledgerTable } from './stores.ts';
import { createTable } from './table.ts';

/** The last run of a timer function. Times are ISO 8601 in UTC. */
export interface TimerRun {
  readonly timer: string;
  readonly beganDateTime: string;
  readonly endedDateTime: string;
  readonly succeeded: boolean;
}

/** When each timer last ran, for the person on call: the host keeps that to itself. */
interface TimerRuns {
  readonly note: (run: TimerRun) => Promise<void>;
  /** In the order of their names. */
  readonly list: () => Promise<readonly TimerRun[]>;
}

/** No connection has this partition: those end in a digit. */
const partitionKey = 'timers';

export function createTimerRuns(storage: StorageSetting | null, credentialFor: CredentialFor): TimerRuns {
  const table = createTable(ledgerTable, storage, credentialFor);
  return {
    note: async ({ timer, ...run }) => {
      const entity = { partitionKey, rowKey: timer, ...run };
      await within(storageWithin.queue, (signal) => table.transact([{ kind: 'upsert', entity }], signal));
    },
    list: async () => {
      const range = { partitionKey, from: 'a', before: '{' };
      const { entities } = await within(storageWithin.queue, (signal) => table.list(range, signal));
      return entities.map(({ rowKey, beganDateTime, endedDateTime, succeeded }) => ({
        timer: rowKey,
        beganDateTime: String(beganDateTime),
        endedDateTime: String(endedDateTime),
        succeeded: succeeded === true,
      }));
    },
  };
}

interface NotingOptions {
  readonly runs: Pick<TimerRuns, 'note'>;
  readonly now: () => number;
}

/** Runs a timer's work and notes the run; a note that cannot be written changes nothing about the work. */
export function notingRuns<A extends readonly unknown[]>(
  timer: string,
  work: (...given: A) => Promise<void>,
  { runs, now }: NotingOptions,
): (...given: A) => Promise<void> {
  const time = () => new Date(now()).toISOString();
  return async (...given) => {
    const beganDateTime = time();
    let succeeded = false;
    try {
      await work(...given);
      succeeded = true;
    } finally {
      const run = { timer, beganDateTime, endedDateTime: time(), succeeded };
      await runs.note(run).catch(() => undefined);
    }
  };
}

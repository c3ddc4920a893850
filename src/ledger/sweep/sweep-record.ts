import type { Clock } from '../../shared/clock.ts';
import { within } from '../../shared/within.ts';
import type { Table } from '../../storage/table.ts';
import { gathered, spread } from '../core/entity.ts';

/** The progress of a walk over groups, and which worker has it. Times are storage time, in milliseconds. */
export interface SweepRecord {
  /** Names this run; empty: none is under way. */
  readonly run: string;
  /** The number of the next step, or of the one that is being worked on. */
  readonly step: number;
  /** A worker has the step until `until`. */
  readonly isClaimed: boolean;
  /** Until when the run counts as under way. */
  readonly until: number;
  /** The step begins no sooner. */
  readonly due: number;
  /** Where the step begins, and what the walk carries along. */
  readonly progress: unknown;
}

export interface StoredSweep {
  readonly record: SweepRecord;
  readonly etag: string;
}

/** The records of all walks, by the name of the walk: what keeps one from running twice at once. */
export interface SweepRecords {
  readonly readSweep: (
    name: string,
    milliseconds: number,
  ) => Promise<{ readonly stored: StoredSweep | null; readonly now: () => number }>;
  /** Null: another writer was first. Rejects if it is not known whether it was written. */
  readonly writeSweep: (
    name: string,
    before: StoredSweep | null,
    after: SweepRecord,
    milliseconds: number,
  ) => Promise<StoredSweep | null>;
}

const partitionKey = 'sweeps';
const none: SweepRecord = { run: '', step: 0, isClaimed: false, until: 0, due: 0, progress: null };

export function createSweepRecords(table: Table, clock: Clock, newNonce: () => string): SweepRecords {
  const read = (name: string, milliseconds: number) =>
    within(milliseconds, (signal) => table.read(partitionKey, name.toLowerCase(), signal), clock);

  return {
    readSweep: async (name, milliseconds) => {
      const { entity, readAt } = await read(name, milliseconds);
      const receivedAt = clock.monotonic();
      const now = () => Math.floor(readAt + clock.monotonic() - receivedAt);
      if (entity === null) return { stored: null, now };
      return { stored: { record: toRecord(entity), etag: entity.etag }, now };
    },
    writeSweep: async (name, before, record, milliseconds) => {
      const nonce = newNonce();
      const content = spread(Buffer.from(JSON.stringify(record), 'utf8'));
      const entity = { partitionKey, rowKey: name.toLowerCase(), nonce, ...content };
      const action =
        before === null
          ? ({ kind: 'insert', entity } as const)
          : ({ kind: 'replace', entity, etag: before.etag } as const);
      try {
        const [etag] = await within(milliseconds, (signal) => table.transact([action], signal), clock);
        if (typeof etag !== 'string') throw new Error('what answered in place of the table names no version');
        return { record, etag };
      } catch (thrown) {
        // It may have been carried out anyway; a retry by the SDK then finds the condition failed.
        const { entity: found } = await read(name, milliseconds);
        if (found?.nonce === nonce) return { record, etag: found.etag };
        if (found?.etag !== before?.etag) return null;
        throw thrown;
      }
    },
  };
}

/** A record that cannot be read counts as none: the walk starts from the beginning. */
function toRecord(entity: { readonly [property: string]: unknown }): SweepRecord {
  try {
    return { ...none, ...JSON.parse(Buffer.from(gathered(entity)).toString('utf8')) };
  } catch {
    return none;
  }
}

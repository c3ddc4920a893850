import { AdapterError, describeError } from '../problems/adapter-error.ts';

/** A record that cannot be read, or is of a later format: it is left as it is. */
export interface UnreadableRecord {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** For the operator. */
  readonly why: string;
}

interface Entity {
  readonly partitionKey?: string;
  readonly rowKey?: string;
  readonly [property: string]: unknown;
}

/** What an entity says, or why it cannot be read. */
export function readEntity<T>(entity: Entity, read: (entity: Entity) => T): T | UnreadableRecord {
  try {
    return read(entity);
  } catch (thrown) {
    const { partitionKey = '', rowKey = '' } = entity;
    return { partitionKey, rowKey, why: describeError(thrown) };
  }
}

export function isUnreadable<T extends object>(reading: T | UnreadableRecord): reading is UnreadableRecord {
  return 'why' in reading && 'rowKey' in reading;
}

/** One line for the operator. */
export function describeUnreadable({ partitionKey, rowKey, why }: UnreadableRecord): string {
  return `the record ${rowKey} in partition ${partitionKey} of the ledger cannot be read and is left unchanged: ${why}`;
}

/** The error for callers that need the record. */
export function unreadableRecord(record: UnreadableRecord): AdapterError {
  return new AdapterError(
    'record-unreadable',
    'This release cannot read the record of this group, and leaves it unchanged.',
    { message: describeUnreadable(record) },
  );
}

export function isRecordUnreadable(thrown: unknown): thrown is AdapterError {
  return thrown instanceof AdapterError && thrown.code === 'record-unreadable';
}

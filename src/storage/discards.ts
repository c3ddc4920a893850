import type { StorageSetting } from '../settings/storage-setting.ts';
import { within } from '../shared/within.ts';
import { storageWithin } from './bounds.ts';
import type { CredentialFor } from './credential.ts';
import { ledgerTable } from './stores.ts';
import { createTable } from './table.ts';

/** A dead letter that an operator has discarded, until the app has reported it. Absent texts are empty. */
export interface Discard {
  readonly messageId: string;
  readonly connectionId: string;
  readonly groupId: string;
  readonly operationId: string;
  /** Why it was a dead letter. */
  readonly code: string;
  readonly attempts: number;
  /** Why it was discarded. */
  readonly discardReason: string;
  readonly traceparent: string;
}

export interface Discards {
  /** Noting it twice only reports it twice. */
  readonly note: (discard: Discard) => Promise<void>;
  readonly list: () => Promise<readonly Discard[]>;
  readonly forget: (discard: Discard) => Promise<void>;
}

/** No connection has this partition: those end in a digit. */
const partitionKey = 'discards';

/** The CLI has no telemetry of its own, so the app reports what it discards. */
export function createDiscards(storage: StorageSetting | null, credentialFor: CredentialFor): Discards {
  const table = createTable(ledgerTable, storage, credentialFor);
  return {
    note: async ({ messageId, ...discard }) => {
      const entity = { partitionKey, rowKey: messageId, ...discard };
      await within(storageWithin.queue, (signal) => table.transact([{ kind: 'upsert', entity }], signal));
    },
    list: async () => {
      const range = { partitionKey, from: '0', before: '{', most: 100 };
      const { entities } = await within(storageWithin.queue, (signal) => table.list(range, signal));
      return entities.map((entity) => {
        const text = (name: string) => (typeof entity[name] === 'string' ? entity[name] : '');
        return {
          messageId: entity.rowKey,
          connectionId: text('connectionId'),
          groupId: text('groupId'),
          operationId: text('operationId'),
          code: text('code'),
          attempts: typeof entity.attempts === 'number' ? entity.attempts : 0,
          discardReason: text('discardReason'),
          traceparent: text('traceparent'),
        };
      });
    },
    forget: ({ messageId }) =>
      within(storageWithin.queue, (signal) => table.remove(partitionKey, messageId, '*', signal)),
  };
}

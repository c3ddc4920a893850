import { toHead } from '../../../src/ledger/core/entity.ts';
import { headRow } from '../../../src/ledger/core/keys.ts';
import type { StoredEntity } from '../../../src/shared/table-action.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import type { QueueMessage } from '../world/queue-service.ts';

/** One deletion in the ledger. Times of the queue are in whole seconds, by its own clock. */
interface Deletion {
  /** When the ledger was written. */
  readonly at: number;
  /** When the look that was sent with it was put on the queue: between these, if it was put there more than once. */
  readonly from: number;
  readonly to: number;
}

/** Which groups the ledger holds as deleted, and since when by the clock of the queue. */
export interface Deletions {
  readonly messageSent: (message: QueueMessage) => void;
  readonly tableChanged: (table: string, before: StoredEntity | null, after: StoredEntity | null) => void;
  /** The deletions of a group that stands deleted now, without a declaration after them. */
  readonly standing: (connectionId: string, groupId: string) => readonly Deletion[];
  /** All there have ever been. */
  readonly ever: (connectionId: string, groupId: string) => readonly Deletion[];
  /** Somebody has declared the group: creations are not alone with it. */
  readonly isDeclared: (connectionId: string, groupId: string) => boolean;
}

export function createDeletions(now: () => number): Deletions {
  const looks = new Map<string, { from: number; to: number }>();
  const standing = new Map<string, Deletion[]>();
  const ever = new Map<string, Deletion[]>();
  const declared = new Set<string>();
  const name = (connectionId: string, groupId: string) => `${connectionId}/${groupId}`;

  return {
    messageSent: ({ text, insertedAt }) => {
      const { connectionId, groupId, look } = readLook(text);
      if (look === undefined) return;
      const key = `${connectionId}/${groupId} ${look}`;
      const known = looks.get(key) ?? { from: insertedAt, to: insertedAt };
      looks.set(key, { from: Math.min(known.from, insertedAt), to: Math.max(known.to, insertedAt) });
    },
    tableChanged: (table, before, after) => {
      if (table !== ledgerTable || after === null || typeof after.nonce !== 'string') return;
      const { head } = toHead(after);
      if (after.rowKey !== headRow(head.groupId)) return;
      const key = name(head.connectionId, head.groupId);
      declared.add(key);
      if (head.want.kind !== 'gone') {
        standing.delete(key);
        return;
      }
      const was = before === null ? null : toHead(before).head;
      if (was?.want.kind === 'gone' && was.deletedAt === head.deletedAt) return;
      const sent = looks.get(`${key} ${head.look}`);
      if (sent === undefined) return;
      const deletion = { at: now(), ...sent };
      standing.set(key, [...(standing.get(key) ?? []), deletion]);
      ever.set(key, [...(ever.get(key) ?? []), deletion]);
    },
    standing: (connectionId, groupId) => standing.get(name(connectionId, groupId)) ?? [],
    ever: (connectionId, groupId) => ever.get(name(connectionId, groupId)) ?? [],
    isDeclared: (connectionId, groupId) => declared.has(name(connectionId, groupId)),
  };
}

function readLook(text: string): {
  readonly connectionId?: string;
  readonly groupId?: string;
  readonly look?: number;
} {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}

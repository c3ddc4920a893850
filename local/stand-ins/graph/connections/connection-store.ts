import type { Caller } from '../../identity/token-issuer.ts';
import type { GroupStore } from '../group-store.ts';

/** The parts of an external connection that decide who may use it. */
export interface StoredConnection {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Client id of the app that created it; null: open to everyone, as connections are unless a test names an owner. */
  readonly ownerAppId: string | null;
  readonly authorizedAppIds: readonly string[];
}

/** Connection ids are compared case-insensitively. */
export interface ConnectionStore {
  find(connectionId: string): StoredConnection | undefined;
  put(connection: StoredConnection): void;
  clear(): void;
}

/** The connections set by a test or the options of the stand-in; the group store knows the rest of them. */
export function createConnectionStore(groups: GroupStore): ConnectionStore {
  const stored = new Map<string, StoredConnection>();
  return {
    find(id) {
      const found = stored.get(id.toLowerCase());
      if (found !== undefined || !groups.knows(id)) return found;
      return { id, name: id, description: null, ownerAppId: null, authorizedAppIds: [] };
    },
    put(connection) {
      stored.set(connection.id.toLowerCase(), connection);
      groups.learn(connection.id);
    },
    clear: () => stored.clear(),
  };
}

/** Whether an app is one of the connection's own. */
export function isOwn({ ownerAppId, authorizedAppIds }: StoredConnection, { clientId }: Caller): boolean {
  return ownerAppId === null || [ownerAppId, ...authorizedAppIds].includes(clientId);
}

/** An external group as Graph keeps it: what was not given is null. */
export interface StoredGroup {
  readonly id: string;
  readonly displayName: string | null;
  readonly description: string | null;
}

export interface GroupStoreOptions {
  readonly connections: readonly string[];
  /** Every well-formed connection id counts as known. */
  readonly anyConnection: boolean;
}

/** The groups of every connection. Connection ids are compared without case, group ids exactly. */
export interface GroupStore {
  knows(connectionId: string): boolean;
  find(connectionId: string, groupId: string): StoredGroup | undefined;
  put(connectionId: string, group: StoredGroup): void;
  remove(connectionId: string, groupId: string): void;
  all(): (StoredGroup & { readonly connectionId: string })[];
  clear(): void;
}

export function createGroupStore({ connections, anyConnection }: GroupStoreOptions): GroupStore {
  const known = new Set(connections.map((id) => id.toLowerCase()));
  const groups = new Map<string, Map<string, StoredGroup>>();
  return {
    knows: (connectionId) =>
      known.has(connectionId.toLowerCase()) || (anyConnection && /^[A-Za-z0-9]{3,32}$/.test(connectionId)),
    find: (connectionId, groupId) => groups.get(connectionId.toLowerCase())?.get(groupId),
    put(connectionId, group) {
      const key = connectionId.toLowerCase();
      const inConnection = groups.get(key) ?? new Map<string, StoredGroup>();
      groups.set(key, inConnection.set(group.id, group));
    },
    remove: (connectionId, groupId) => void groups.get(connectionId.toLowerCase())?.delete(groupId),
    all: () =>
      [...groups].flatMap(([connectionId, inConnection]) =>
        [...inConnection.values()].map((group) => ({ connectionId, ...group })),
      ),
    clear: () => groups.clear(),
  };
}

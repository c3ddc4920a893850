/** A member as Graph stores it. */
export interface StoredMember {
  readonly id: string;
  readonly type: string;
}

/** An external group as Graph stores it: missing properties are null. */
export interface StoredGroup {
  readonly id: string;
  readonly displayName: string | null;
  readonly description: string | null;
}

export interface GroupWithMembers extends StoredGroup {
  readonly connectionId: string;
  /** In the order in which they were added. */
  readonly members: readonly StoredMember[];
}

/** An existing group that Graph wrongly reports as missing (github.com/microsoftgraph/msgraph-sdk-dotnet/issues/3169). */
export interface HiddenGroup {
  /** Milliseconds; absent: for good. */
  readonly ms?: number;
  /** The result of a create with its id: `conflict` (the default), or `replace`: a new, visible group without members. */
  readonly onCreate?: 'conflict' | 'replace';
}

interface GroupStoreOptions {
  readonly connections: readonly string[];
  /** Every well-formed connection id counts as known. */
  readonly anyConnection: boolean;
  readonly now: () => number;
}

/** The groups of every connection. Connection and member ids are compared case-insensitively, group ids exactly. */
export interface GroupStore {
  knows(connectionId: string): boolean;
  /** Makes a connection known, until `clear`. */
  learn(connectionId: string): void;
  /** Undefined if there is none, or it is hidden. */
  find(connectionId: string, groupId: string): StoredGroup | undefined;
  /** Even if it is hidden. */
  canCreate(connectionId: string, groupId: string): boolean;
  /** Creates or changes; a group hidden with `replace` starts anew. */
  put(connectionId: string, group: StoredGroup): void;
  /** A later group of this id has no members. */
  remove(connectionId: string, groupId: string): void;
  /** False: there is no such group to hide. */
  hide(connectionId: string, groupId: string, how: HiddenGroup): boolean;
  findMember(connectionId: string, groupId: string, memberId: string): StoredMember | undefined;
  putMember(connectionId: string, groupId: string, member: StoredMember): void;
  removeMember(connectionId: string, groupId: string, memberId: string): void;
  all(): GroupWithMembers[];
  clear(): void;
}

interface Entry {
  group: StoredGroup;
  readonly members: Map<string, StoredMember>;
  hidden: { readonly until: number; readonly onCreate: 'conflict' | 'replace' } | undefined;
}

export function createGroupStore({ connections, anyConnection, now }: GroupStoreOptions): GroupStore {
  const known = new Set(connections.map((id) => id.toLowerCase()));
  const learned = new Set<string>();
  const groups = new Map<string, Map<string, Entry>>();
  const entryOf = (connectionId: string, groupId: string) =>
    groups.get(connectionId.toLowerCase())?.get(groupId);
  const isHidden = ({ hidden }: Entry) => hidden !== undefined && now() < hidden.until;

  return {
    knows: (connectionId) =>
      known.has(connectionId.toLowerCase()) ||
      learned.has(connectionId.toLowerCase()) ||
      (anyConnection && /^[A-Za-z0-9]{3,32}$/.test(connectionId)),
    learn: (connectionId) => void learned.add(connectionId.toLowerCase()),
    find(connectionId, groupId) {
      const entry = entryOf(connectionId, groupId);
      return entry === undefined || isHidden(entry) ? undefined : entry.group;
    },
    canCreate(connectionId, groupId) {
      const entry = entryOf(connectionId, groupId);
      return entry === undefined || (isHidden(entry) && entry.hidden?.onCreate === 'replace');
    },
    put(connectionId, { id, displayName, description }) {
      const key = connectionId.toLowerCase();
      const group = { id, displayName, description };
      const inConnection = groups.get(key) ?? new Map<string, Entry>();
      groups.set(key, inConnection);
      const entry = inConnection.get(id);
      if (entry === undefined || isHidden(entry))
        inConnection.set(id, { group, members: new Map(), hidden: undefined });
      else entry.group = group;
    },
    remove: (connectionId, groupId) => void groups.get(connectionId.toLowerCase())?.delete(groupId),
    hide(connectionId, groupId, { ms = Number.POSITIVE_INFINITY, onCreate = 'conflict' }) {
      const entry = entryOf(connectionId, groupId);
      if (entry === undefined) return false;
      entry.hidden = { until: now() + ms, onCreate };
      return true;
    },
    findMember: (connectionId, groupId, memberId) =>
      entryOf(connectionId, groupId)?.members.get(memberId.toLowerCase()),
    putMember: (connectionId, groupId, { id, type }) =>
      void entryOf(connectionId, groupId)?.members.set(id.toLowerCase(), { id, type }),
    removeMember: (connectionId, groupId, memberId) =>
      void entryOf(connectionId, groupId)?.members.delete(memberId.toLowerCase()),
    all: () =>
      [...groups].flatMap(([connectionId, inConnection]) =>
        [...inConnection.values()].map(({ group, members }) => ({
          connectionId,
          ...group,
          members: [...members.values()],
        })),
      ),
    clear() {
      groups.clear();
      learned.clear();
    },
  };
}

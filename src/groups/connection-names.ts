/** The connections that declared groups may belong to. Whether Graph tells their ids apart by case is not documented. */
export interface ConnectionNames {
  /** Compared without case. */
  readonly isAllowed: (connectionId: string) => boolean;
  /** The spelling in which a connection is recorded, and Graph is asked: that of the setting, where it is set. */
  readonly spell: (connectionId: string) => string;
}

/** `allowed` null: every connection, in the spelling of its first declaration. */
export function createConnectionNames(allowed: ReadonlySet<string> | null): ConnectionNames {
  const spellings = new Map([...(allowed ?? [])].map((name) => [name.toLowerCase(), name]));
  return {
    isAllowed: (connectionId) => allowed === null || spellings.has(connectionId.toLowerCase()),
    spell: (connectionId) => spellings.get(connectionId.toLowerCase()) ?? connectionId,
  };
}

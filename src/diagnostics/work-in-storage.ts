import type { FindEntities } from '../storage/find-entities.ts';

type Entity = Readonly<Record<string, unknown>>;

/** A declared group, as far as it matters here. */
export interface HeadSummary {
  readonly connectionId: string;
  readonly groupId: string;
  readonly state: 'applied' | 'applying' | 'failed';
  /** Why it failed, or why it waits. */
  readonly code: string | null;
}

/** A deferred creation, as far as it matters here. */
export interface OperationSummary {
  readonly connectionId: string;
  readonly groupId: string;
  readonly reason: string;
  readonly createdDateTime: string;
}

/** The work that storage holds. Both readers throw if the entity is something else. */
export interface WorkInStorage {
  readonly tables: { readonly ledger: string; readonly operations: string };
  readonly find: FindEntities;
  /** The messages that can be seen on the dead-letter queue, 32 at most. */
  readonly peekDeadLetters: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly readHead: (entity: Entity) => HeadSummary;
  readonly readOperation: (entity: Entity) => OperationSummary;
}

/** Milliseconds for a search: less than a check may take, so that the check can report what was found by then. */
const searchWithin = 4_000;

/** A signal that ends a search in time. */
export function searchSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(searchWithin)]);
}

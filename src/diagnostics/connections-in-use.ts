import { isConnectionId } from '../groups/connection-id.ts';
import { within } from '../shared/within.ts';
import type { WorkInStorage } from './work-in-storage.ts';

/** Connections that storage names. */
export interface ConnectionsInUse {
  readonly ids: readonly string[];
  /** False: not everything could be read. */
  readonly isWhole: boolean;
}

/** The result of one source of connections. */
interface Named {
  readonly ids: readonly unknown[];
  readonly isWhole: boolean;
}

/** Milliseconds for all sources together. */
const searchWithin = 2_500;
/** Connections with declared groups that are looked at. */
const mostConnections = 100;
/** Entities of the table of operations that are read. */
const mostOperations = 2_000;

/**
 * The connections that the ledger, the operations and the dead letters name, in this order. Without EXTERNAL_CONNECTIONS
 * there is no other list of them. Never rejects.
 */
export async function findConnectionsInUse(work: WorkInStorage): Promise<ConnectionsInUse> {
  const { find, tables, peekDeadLetters } = work;
  const sources: readonly ((signal: AbortSignal) => Promise<Named>)[] = [
    (signal) => findInLedger(work, signal),
    async (signal) =>
      named(await find(tables.operations, { select: ['connectionId'], most: mostOperations }, signal)),
    async (signal) => ({ ids: (await peekDeadLetters(signal)).map(connectionOf), isWhole: true }),
  ];
  const found = await Promise.all(
    sources.map((source) => within(searchWithin, source).catch(() => ({ ids: [], isWhole: false }))),
  );
  const ids = new Map<string, string>();
  for (const id of found.flatMap((one) => one.ids))
    if (typeof id === 'string' && isConnectionId(id) && !ids.has(id.toLowerCase()))
      ids.set(id.toLowerCase(), id);
  return { ids: [...ids.values()], isWhole: found.every(({ isWhole }) => isWhole) };
}

/** What is noted of a connection stays, also when its last group is forgotten: only those count that have some. */
async function findInLedger({ find, tables }: WorkInStorage, signal: AbortSignal): Promise<Named> {
  const filter = "PartitionKey eq 'connections'";
  const noted = named(await find(tables.ledger, { filter, most: mostConnections }, signal));
  const inUse = await Promise.all(
    noted.ids.map(async (id) => {
      // The partitions of a connection are its id, a hyphen and a digit.
      const name = String(id).toLowerCase();
      const groups = `PartitionKey ge '${name}-' and PartitionKey lt '${name}.'`;
      const isValid = isConnectionId(name);
      return isValid && (await find(tables.ledger, { filter: groups, most: 1 }, signal)).entities.length > 0;
    }),
  );
  return { ids: noted.ids.filter((_id, index) => inUse[index]), isWhole: noted.isWhole };
}

function named({ entities, isWhole }: Awaited<ReturnType<WorkInStorage['find']>>): Named {
  return { ids: entities.map(({ connectionId }) => connectionId), isWhole };
}

/** What a dead letter says; nothing in it is trusted. */
function connectionOf(text: string): unknown {
  try {
    const letter: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    const isNamed = typeof letter === 'object' && letter !== null && 'connectionId' in letter;
    return isNamed ? letter.connectionId : null;
  } catch {
    return null;
  }
}

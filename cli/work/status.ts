import { operationStatuses } from '../../src/creations/operations/operation.ts';
import { member } from '../../src/graph/transport/read-response.ts';
import { createTimerRuns, type TimerRun } from '../../src/storage/timer-runs.ts';
import type { StorageTarget } from '../where/storage-target.ts';
import { readQueues } from './queues.ts';
import type { Search } from './search.ts';

export interface QueueStatus {
  readonly queue: string;
  readonly depth: number;
  /** When the oldest message that can be seen was put there; null: none can be seen. */
  readonly oldestDateTime: string | null;
}

export const groupStates = ['applied', 'applying', 'failed', 'deleted'] as const;

export type ConnectionStatus = { readonly connectionId: string } & Readonly<
  Record<(typeof groupStates)[number], number>
>;

/** What throttled work of a connection waits for. */
interface Pause {
  readonly connectionId: string;
  readonly untilDateTime: string;
}

/** What the adapter has to do, and how far it is. */
export interface Status {
  readonly queues: readonly QueueStatus[];
  readonly operations: Readonly<Record<(typeof operationStatuses)[number], number>>;
  readonly connections: readonly ConnectionStatus[];
  readonly pauses: readonly Pause[];
  readonly timers: readonly TimerRun[];
  /** False: the numbers are of a part. */
  readonly isWhole: boolean;
}

export async function readStatus(target: StorageTarget, search: Search, now: number): Promise<Status> {
  const { setting, credentialFor } = target;
  const [queues, operations, states, applying, timers] = await Promise.all([
    readQueues(target),
    search.operations({}),
    search.states(),
    search.applying(),
    createTimerRuns(setting, credentialFor).list(),
  ]);
  const byConnection = Map.groupBy(states.found, ({ connectionId }) => connectionId);
  const throttled = [
    ...operations.found.filter(({ status, reason }) => status !== 'succeeded' && reason === 'throttled'),
    ...applying.found.filter(({ error }) => member(error?.graph, 'status') === 429),
  ];
  return {
    queues: queues.map(({ queue, depth, visible }) => ({
      queue,
      depth,
      oldestDateTime: visible.map(({ insertedDateTime }) => insertedDateTime).sort()[0] ?? null,
    })),
    operations: countBy(
      operationStatuses,
      operations.found.map(({ status }) => status),
    ),
    connections: [...byConnection]
      .map(([connectionId, of]) => ({
        connectionId,
        ...countBy(
          groupStates,
          of.map(({ state }) => state),
        ),
      }))
      .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1)),
    pauses: pausesOf(throttled, now),
    timers,
    isWhole: operations.isWhole && states.isWhole && applying.isWhole,
  };
}

/** The latest end of a wait that is still to come, by connection. */
function pausesOf(
  waiting: readonly { readonly connectionId: string; readonly nextAttemptDateTime?: string }[],
  now: number,
): readonly Pause[] {
  const latest = new Map<string, string>();
  for (const { connectionId, nextAttemptDateTime: until } of waiting)
    if (until !== undefined && Date.parse(until) > now && until > (latest.get(connectionId) ?? ''))
      latest.set(connectionId, until);
  return [...latest].map(([connectionId, untilDateTime]) => ({ connectionId, untilDateTime }));
}

function countBy<T extends string>(words: readonly T[], given: readonly string[]): Record<T, number> {
  return Object.fromEntries(
    words.map((word) => [word, given.filter((one) => one === word).length]),
  ) as Record<T, number>;
}

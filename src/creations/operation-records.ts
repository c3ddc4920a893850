import type { Problem } from '../problems/problem.ts';
import { problemDetails } from '../problems/problem.ts';
import type { RecordUnreadable } from '../queue/unreadable-messages.ts';
import type { WorkItem } from '../queue/work-item.ts';
import type { Clock } from '../shared/clock.ts';
import { storageWithin } from '../storage/bounds.ts';
import { cutGroup } from './cut-group.ts';
import type { Creation } from './message.ts';
import { type Operation, operationPath, toOperation } from './operations/operation.ts';
import type { Operations, Recorded } from './operations/operations.ts';

/** Bytes of JSON that an operation's error may take: a binary table property holds 64 KiB. */
const maxErrorBytes = 60 * 1024;

/** The URL of a group in Graph. */
type Locate = (connectionId: string, groupId: string) => string;

export type CreationState =
  | {
      readonly status: 'running';
      readonly next?: { readonly dateTime: string; readonly problem: Problem | null };
    }
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly problem: Problem };

/** Where the progress and the end of creations are recorded. Each rejects if that cannot be reached. */
export interface OperationRecords {
  /** `previous`: what this process last recorded of the item; null: nothing is expected to be there. */
  readonly record: (
    item: WorkItem<Creation>,
    state: CreationState,
    previous?: Recorded | null,
  ) => Promise<Recorded>;
  readonly recordUnreadable: RecordUnreadable;
}

/** Records the progress of creations in the operations. */
export function createOperationRecords(
  operations: Operations,
  locate: Locate,
  clock: Pick<Clock, 'now'>,
): OperationRecords {
  const now = () => new Date(clock.now()).toISOString();

  function describe(item: WorkItem<Creation>, state: CreationState): Operation {
    const { content, firstQueued, reason, attempts, subject } = item;
    const at = now();
    const queuedAt = firstQueued ?? at;
    const problem = state.status === 'failed' ? state.problem : 'next' in state ? state.next?.problem : null;
    return toOperation(
      { ...content, status: state.status, reason, attempts, queuedAt, at },
      {
        ...(state.status === 'succeeded'
          ? { resourceLocation: locate(content.connectionId, content.group.id) }
          : {}),
        ...('next' in state && state.next !== undefined ? { nextAttemptDateTime: state.next.dateTime } : {}),
        ...(problem ? { error: toError(problem, subject.operationId) } : {}),
      },
    );
  }

  return {
    record: async (item, state, previous) => {
      const expected = previous === null ? null : (previous?.version ?? undefined);
      return operations.record(describe(item, state), item.delivery, storageWithin.queue, expected);
    },
    recordUnreadable: async ({ operationId, ...names }, problem) => {
      const at = now();
      const error = toError(problem, operationId);
      const facts = { status: 'failed', reason: 'queued', attempts: 0, createdDateTime: at } as const;
      const operation = { id: operationId, ...names, ...facts, lastActionDateTime: at, error };
      await operations.recordIfNone(operation, storageWithin.queue);
    },
  };
}

/** The problem document of an operation; the existing group is shortened if both groups do not fit. */
export function toError({ code, detail, members }: Problem, operationId: string) {
  const build = (shown: Problem['members']) =>
    problemDetails(code, detail, operationPath(operationId), shown);
  const whole = build(members);
  if (Buffer.byteLength(JSON.stringify(whole), 'utf8') <= maxErrorBytes) return whole;
  return build({ ...members, existing: cutGroup(members.existing) });
}

import { creationCuts } from '../../../src/creations/cut-group.ts';
import type { Creation } from '../../../src/creations/message.ts';
import type { Operation } from '../../../src/creations/operations/operation.ts';
import { createOperations, type Operations } from '../../../src/creations/operations/operations.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { Problem } from '../../../src/problems/problem.ts';
import { type DeadContent, toDeadLetter } from '../../../src/queue/dead-letter.ts';
import type { Delivery } from '../../../src/queue/delivery.ts';
import type { Envelope } from '../../../src/queue/envelope.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { type StartedStorage, startStorage } from '../../support/storage.ts';

/** A storage account with the operations table, and dead letters as the adapter writes them. */
export interface OperatorStorage extends StartedStorage {
  readonly operations: Operations;
  /** Returns the message id. */
  readonly putDeadLetter: (content: DeadContent, problem?: Problem) => Promise<string>;
}

export const within = 5_000;
const givenUp: Problem = { code: 'gave-up', detail: 'Given up after 7 attempts.', members: {} };

export async function startOperatorStorage(): Promise<OperatorStorage> {
  const storage = await startStorage();
  const { connectionString } = storage;
  const noIdentity = () => Promise.reject(new Error('no identity here'));
  return {
    ...storage,
    operations: createOperations({ kind: 'connection-string', connectionString }, noIdentity),
    putDeadLetter: (content, problem = givenUp) =>
      storage.sendJson(
        toDeadLetter(
          queueNames.work,
          { ...content, cuts: creationCuts },
          problem,
          '2026-01-02T03:04:05.678Z',
        ),
        'deadLetters',
      ),
  };
}

type Message = Creation & Envelope & { readonly operationId: string };

/** A message of the adapter at the point where it is given up. */
export function oldMessage(id: string, more: Partial<Message> = {}): Message {
  const connectionId = more.connectionId ?? 'contosohr';
  const group = more.group ?? { id, displayName: `Group ${id}` };
  return {
    connectionId,
    group,
    operationId: operationIdOf(connectionId, group),
    version: 1,
    deliveryId: `delivery-of-${id}`,
    reason: 'unavailable',
    attempts: 7,
    uncertain: false,
    firstQueuedDateTime: '2025-12-31T00:00:00.000Z',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'contoso=1',
    ...more,
  };
}

export function deliveryOf({ deliveryId = '', firstQueuedDateTime = '' }: Message): Delivery {
  return { id: deliveryId, queuedAt: firstQueuedDateTime };
}

export function failed(message: Message): Operation {
  return {
    id: message.operationId,
    status: 'failed',
    connectionId: message.connectionId,
    groupId: message.group.id,
    reason: 'unavailable',
    createdDateTime: '2025-12-31T00:00:00.000Z',
    lastActionDateTime: '2026-01-02T03:04:05.678Z',
    attempts: 7,
  };
}

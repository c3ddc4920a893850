import { type PostponementReason, postponementReasons } from '../../groups/reasons.ts';
import type { ProblemDetails } from '../../problems/problem.ts';
import type { StoredOperation } from './merge.ts';
import { type OperationStatus, operationStatuses } from './operation.ts';

export interface OperationEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [property: string]: unknown;
}

/** Ids are hashes, so their first two digits spread the operations evenly over 256 partitions. */
export function keysOf(operationId: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: operationId.slice(0, 2), rowKey: operationId };
}

/** The error is stored as bytes: a string property holds 32 Ki characters, a binary one 64 KiB. */
export function toEntity({ operation, delivery }: StoredOperation): OperationEntity {
  const { id, error, ...rest } = operation;
  const bytes = error === undefined ? {} : { error: Buffer.from(JSON.stringify(error), 'utf8') };
  return {
    ...keysOf(id),
    ...rest,
    ...bytes,
    delivery: delivery.queuedAt,
    deliveryId: delivery.id,
  };
}

export function fromEntity(entity: Readonly<Record<string, unknown>>): StoredOperation {
  const text = (name: string) => (typeof entity[name] === 'string' ? entity[name] : '');
  const optional = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  const error: unknown = entity.error;
  return {
    delivery: { id: text('deliveryId'), queuedAt: text('delivery') },
    operation: {
      id: text('rowKey'),
      status: oneOf<OperationStatus>(operationStatuses, text('status'), 'notStarted'),
      connectionId: text('connectionId'),
      groupId: text('groupId'),
      reason: oneOf<PostponementReason>(postponementReasons, text('reason'), 'queued'),
      createdDateTime: text('createdDateTime'),
      lastActionDateTime: text('lastActionDateTime'),
      attempts: Number(entity.attempts ?? 0),
      ...optional('nextAttemptDateTime'),
      ...optional('resourceLocation'),
      ...(error instanceof Uint8Array ? { error: readError(error) } : {}),
    },
  };
}

function readError(bytes: Uint8Array): ProblemDetails {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as ProblemDetails;
}

function oneOf<T extends string>(words: readonly T[], word: string, otherwise: T): T {
  return words.find((candidate) => candidate === word) ?? otherwise;
}

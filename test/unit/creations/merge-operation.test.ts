import { expect, it } from 'vitest';
import { mergeOperation } from '../../../src/creations/operations/merge.ts';
import type { Operation } from '../../../src/creations/operations/operation.ts';

const statuses = ['notStarted', 'running', 'failed', 'succeeded'] as const;
type Status = (typeof statuses)[number];

const record = (status: Status, id: string, queuedAt: string, attempts: number) => ({
  operation: {
    id: 'op',
    status,
    connectionId: 'contosohr',
    groupId: 'a',
    reason: 'queued',
    createdDateTime: queuedAt,
    lastActionDateTime: queuedAt,
    attempts,
  } satisfies Operation,
  delivery: { id, queuedAt },
});
const noon = '2026-01-01T12:00:00.000Z';
const deliveries = {
  same: ['shown', noon],
  later: ['later', '2026-01-01T12:00:01.000Z'],
  earlier: ['earlier', '2026-01-01T11:59:59.000Z'],
  unknown: ['unknown', ''],
} as const;

/** Which states are shown over the one that is held. */
function shownOver(held: Status, which: keyof typeof deliveries): readonly Status[] {
  const [id, queuedAt] = deliveries[which];
  return statuses.filter((status) => {
    const next = record(status, id, queuedAt, 2);
    return mergeOperation(record(held, 'shown', noon, 1), next).write !== null;
  });
}

it.each<[Status, keyof typeof deliveries, readonly Status[]]>([
  ['notStarted', 'same', statuses],
  ['running', 'same', ['running', 'failed', 'succeeded']],
  ['failed', 'same', ['succeeded']],
  ['succeeded', 'same', []],
  ['notStarted', 'later', statuses],
  ['running', 'later', statuses],
  ['failed', 'later', statuses],
  ['succeeded', 'later', statuses],
  ['notStarted', 'earlier', ['succeeded']],
  ['running', 'earlier', ['succeeded']],
  ['failed', 'earlier', ['succeeded']],
  ['succeeded', 'earlier', []],
  ['notStarted', 'unknown', ['failed', 'succeeded']],
  ['running', 'unknown', ['failed', 'succeeded']],
  ['failed', 'unknown', ['succeeded']],
  ['succeeded', 'unknown', []],
])('an operation that is %s shows of the %s delivery: %j', (held, which, shown) => {
  expect(shownOver(held, which)).toEqual(shown);
});

it('an operation keeps the time of its first record', () => {
  const [id, queuedAt] = deliveries.later;
  const { write } = mergeOperation(record('failed', 'shown', noon, 1), record('running', id, queuedAt, 2));
  expect(write?.operation.createdDateTime).toBe(noon);
});

import type { Operation } from '../../src/creations/operations/operation.ts';
import type { Paint } from '../terminal/paint.ts';
import { count, printable, shortTime } from '../terminal/printable.ts';
import { tableOf } from '../terminal/table.ts';

/** An operation as aligned rows, the problem's text last. */
export function formatOperation(operation: Operation, paint: Paint): string[] {
  const { error } = operation;
  const graph = error?.graph;
  const rows: [string, unknown][] = [
    ['operation', operation.id],
    ['status', paintStatus(operation, paint)],
    ['group', printable(`${operation.connectionId}/${operation.groupId}`)],
    ['reason', operation.reason],
    ['attempts', operation.attempts],
    ['created', shortTime(operation.createdDateTime)],
    ['last action', shortTime(operation.lastActionDateTime)],
    ['next attempt', operation.nextAttemptDateTime && shortTime(operation.nextAttemptDateTime)],
    ['found at', operation.resourceLocation && printable(operation.resourceLocation)],
    ['problem', error && printable(`${error.type.replace('urn:problem-type:', '')}: ${error.detail}`)],
    ['', typeof error?.hint === 'string' ? printable(error.hint) : undefined],
    ['graph', graph === undefined ? undefined : printable(JSON.stringify(graph))],
  ];
  return rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${paint.dim(name.padEnd(12))}  ${String(value)}`);
}

/** Operations as a table, one per line. */
export function tableOfOperations(operations: readonly Operation[], paint: Paint): string[] {
  return tableOf<Operation>(
    [
      { head: 'OPERATION', text: ({ id }) => id, paint: () => paint.cyan },
      {
        head: 'GROUP',
        text: ({ connectionId, groupId }) => printable(`${connectionId}/${groupId}`),
        paint: () => paint.bold,
      },
      {
        head: 'STATUS',
        text: ({ status }) => status,
        paint: (operation) => paintOf(operation, paint),
      },
      { head: 'REASON', text: ({ reason }) => reason },
      { head: 'ATTEMPTS', text: ({ attempts }) => String(attempts), align: 'right' },
      {
        head: 'LAST ACTION',
        text: ({ lastActionDateTime }) => shortTime(lastActionDateTime),
        paint: () => paint.dim,
      },
      {
        head: 'NEXT ATTEMPT',
        text: ({ nextAttemptDateTime }) => shortTime(nextAttemptDateTime ?? null),
        paint: () => paint.dim,
      },
      {
        head: 'WHY',
        text: ({ error }) => printable(error?.type.replace('urn:problem-type:', '') ?? ''),
        paint: () => paint.red,
      },
    ],
    operations,
    paint.dim,
  );
}

/** One line for each change that `--watch` sees. */
export function formatChange(operation: Operation, paint: Paint): string {
  const next =
    operation.nextAttemptDateTime === undefined
      ? ''
      : `, next attempt ${shortTime(operation.nextAttemptDateTime)}`;
  const { attempts, reason } = operation;
  return `${paint.dim(shortTime(operation.lastActionDateTime))}  ${paintStatus(operation, paint)}  ${reason}, ${count(attempts, 'attempt')}${next}`;
}

function paintStatus(operation: Operation, paint: Paint): string {
  return paintOf(operation, paint)(operation.status);
}

function paintOf({ status }: Operation, paint: Paint): (text: string) => string {
  if (status === 'succeeded') return paint.green;
  return status === 'failed' ? paint.red : paint.yellow;
}

import type { ExternalGroup } from '../groups/external-group.ts';
import type { GraphWrite, GroupRead, WriteAnswer } from '../groups/graph-write.ts';
import { readGroup } from './read-group.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';
import type { ReadAnswer } from './transport/read-answer.ts';
import { answerOf, isDone, isDuplicate } from './write-answer.ts';

type GroupWrite = Extract<GraphWrite, { readonly kind: 'create-group' | 'update-group' | 'delete-group' }>;

/** Creates, changes or deletes a group: one call, nothing read back. Never rejects. */
export function writeGroup(
  calls: GraphCalls,
  connectionId: string,
  write: GroupWrite,
  options: CallOptions,
): Promise<WriteAnswer> {
  switch (write.kind) {
    case 'create-group': {
      const { group } = write;
      return answerOf(
        () => calls.createGroup(connectionId, group, options),
        (answer) => created(answer, group),
      );
    }
    case 'update-group':
      return answerOf(() => calls.updateGroup(connectionId, write.group, options), done);
    case 'delete-group':
      return answerOf(() => calls.deleteGroup(connectionId, write.groupId, options), done);
  }
}

/** Reads a group from Graph. Never rejects. */
export function readGroupOf(
  calls: GraphCalls,
  connectionId: string,
  groupId: string,
  options: CallOptions,
): Promise<GroupRead> {
  return answerOf<GroupRead>(
    () => calls.readGroup(connectionId, groupId, options),
    ({ status, body }) => {
      const group = status === 200 ? readGroup(body, groupId) : null;
      return group === null ? null : { kind: 'present', group };
    },
  );
}

function created(answer: ReadAnswer, { id }: ExternalGroup): WriteAnswer | null {
  if (isDuplicate(answer)) return { kind: 'exists', graph: answer.graph };
  return isDone(answer) && readGroup(answer.body, id) !== null ? { kind: 'ok' } : null;
}

function done(answer: ReadAnswer): WriteAnswer | null {
  return isDone(answer) ? { kind: 'ok' } : null;
}

import type { GraphWrite, WriteAnswer } from '../groups/graph-write.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';
import { answerOf, isDone, isDuplicate } from './write-answer.ts';

type MemberWrite = Extract<GraphWrite, { readonly kind: 'add-member' | 'remove-member' }>;

/**
 * Adds or removes one member: one call, nothing read back. Never rejects. Graph's response to adding an existing member,
 * or to a removal, is undocumented: public connectors expect 409, and a 404 to a removal is for the caller to judge,
 * because it may be the group that is missing.
 */
export function writeMember(
  calls: GraphCalls,
  connectionId: string,
  { kind, groupId, member }: MemberWrite,
  options: CallOptions,
): Promise<WriteAnswer> {
  if (kind === 'add-member')
    return answerOf(
      () => calls.addMember(connectionId, groupId, member, options),
      (answer) => (isDone(answer) || isDuplicate(answer) ? { kind: 'ok' } : null),
    );
  return answerOf(
    () => calls.removeMember(connectionId, groupId, member.id, options),
    (answer) => (isDone(answer) ? { kind: 'ok' } : null),
  );
}

import type { GraphWrite, WriteAnswer } from '../groups/graph-write.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';
import { answerOf, isDone, saysThatItExists } from './write-answer.ts';

type MemberWrite = Extract<GraphWrite, { readonly kind: 'add-member' | 'remove-member' }>;

/**
 * Adds or removes one member: one call, nothing read back. Never rejects. Graph's response to adding an existing member,
 * or to a removal, is undocumented: public connectors expect 409. A 409 that does not say why, and a 404 to a removal, are for
 * the caller to judge: it may be another conflict, or the group that is missing.
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
      (answer) => {
        if (isDone(answer) || saysThatItExists(answer)) return { kind: 'ok' };
        return answer.status === 409 ? { kind: 'exists', graph: answer.graph } : null;
      },
    );
  return answerOf(
    () => calls.removeMember(connectionId, groupId, member.id, options),
    (answer) => (isDone(answer) ? { kind: 'ok' } : null),
  );
}

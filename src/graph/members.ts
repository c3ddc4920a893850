import type { Done, GraphAnswer, Refusal } from '../groups/graph-answer.ts';
import type { GraphWrite } from '../groups/graph-write.ts';
import { answerOf, isDone, saysThatItExists } from './answer.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';

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
): Promise<GraphAnswer> {
  if (kind === 'add-member')
    return answerOf(
      () => calls.addMember(connectionId, groupId, member, options),
      (response): Done | Refusal | null => {
        if (isDone(response) || saysThatItExists(response)) return { kind: 'ok' };
        return response.status === 409 ? { kind: 'exists', graph: response.graph } : null;
      },
    );
  return answerOf(
    () => calls.removeMember(connectionId, groupId, member.id, options),
    (response): Done | null => (isDone(response) ? { kind: 'ok' } : null),
  );
}

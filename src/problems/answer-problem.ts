import type { GraphWrite, GroupRead, WriteAnswer } from '../groups/graph-write.ts';
import { accessHint, graphMember } from './outcome-problem.ts';
import type { Problem } from './problem.ts';

type Kind = GraphWrite['kind'] | 'read-group';

/** The problem after an answer to one call about a declared group. It names no member. */
export function problemOfAnswer(
  answer: WriteAnswer | GroupRead | { readonly kind: 'not-called' },
  { kind }: { readonly kind: Kind },
): Problem {
  const graph = 'graph' in answer ? answer.graph : null;
  const members = graphMember(graph);
  const status = graph === null ? '' : ` with status ${graph.status}`;
  switch (answer.kind) {
    case 'refused':
      return { code: 'graph-rejected', detail: `Graph refused the group${status}.`, members };
    case 'denied':
      return {
        code: 'graph-access-denied',
        detail: `Graph refused the adapter’s identity${status}.`,
        members: { ...members, hint: accessHint },
      };
    case 'absent':
      return kind === 'create-group'
        ? {
            code: 'connection-not-found',
            detail: 'Graph does not know the connection, or does not show it to this identity.',
            members,
          }
        : { code: 'group-not-found', detail: 'Graph has no such group.', members };
    case 'silent':
      return { code: 'graph-unavailable', detail: `Graph sent no usable response${status}.`, members };
    default:
      return { code: 'graph-unavailable', detail: 'Graph cannot take the change now.', members };
  }
}

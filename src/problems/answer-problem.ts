import type { GraphAnswer, GraphStatus } from '../groups/graph-answer.ts';
import type { GraphWrite } from '../groups/graph-write.ts';
import type { Problem } from './problem.ts';

type Call = { readonly kind: GraphWrite['kind'] | 'read-group' };

const accessHint =
  'One of: the application role ExternalItem.ReadWrite.OwnedBy is not granted to this identity; the token is older than the grant (managed identities keep theirs up to 24 h); the connection is owned by another application and does not list this one in authorizedAppIds.';

/** The problem after an answer to one call that brought nothing about. It names no member. */
export function problemOfAnswer(
  answer: GraphAnswer | { readonly kind: 'not-called' },
  { kind }: Call,
): Problem {
  const graph = 'graph' in answer ? answer.graph : null;
  const members = graphMember(graph);
  switch (answer.kind) {
    case 'refused':
      return { code: 'graph-rejected', detail: `Graph refused the group${withStatus(graph)}.`, members };
    case 'denied':
      return {
        code: 'graph-access-denied',
        detail: `Graph refused the adapter’s identity${withStatus(graph)}.`,
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
    default:
      return { code: 'graph-unavailable', detail: unserved(answer.kind, graph), members };
  }
}

function unserved(kind: string, graph: GraphStatus | null): string {
  switch (kind) {
    case 'throttled':
      return graph === null
        ? 'The connection has reached the rate that Graph allows.'
        : 'Graph asks to wait.';
    case 'silent':
    case 'not-begun':
      return graph === null
        ? 'Graph or the identity endpoint sent no usable response.'
        : `Graph sent no usable response (status ${graph.status}).`;
    default:
      return 'Graph cannot take the change now.';
  }
}

function withStatus(graph: GraphStatus | null): string {
  return graph === null ? '' : ` with status ${graph.status}`;
}

/** Present if Graph's last response was an error; a success that came without its group is not one. */
export function graphMember(graph: GraphStatus | null): { graph?: GraphStatus } {
  return graph === null || graph.status < 400 ? {} : { graph };
}

import type { ExternalGroup } from '../groups/external-group.ts';
import type { GraphAnswer, Outcome } from '../groups/outcome.ts';
import type { Problem } from './problem.ts';

export const accessHint =
  'One of: the application role ExternalItem.ReadWrite.OwnedBy is not granted to this identity; the token is older than the grant (managed identities keep theirs up to 24 h); the connection is owned by another application and does not list this one in authorizedAppIds.';

/** The problem of an outcome that is not a success; null for a success. */
export function problemOf(outcome: Outcome, requested: ExternalGroup): Problem | null {
  switch (outcome.kind) {
    case 'created':
    case 'unchanged':
      return null;
    case 'conflict':
      return {
        code: 'group-conflict',
        detail: `A group with the id "${requested.id}" exists with another displayName or description.`,
        members: { existing: outcome.existing, requested, ...graphMember(outcome.graph) },
      };
    case 'unknown-connection':
      return {
        code: 'connection-not-found',
        detail: 'Graph does not know the connection, or does not show it to this identity.',
        members: { graph: outcome.graph },
      };
    case 'refused':
      return {
        code: 'graph-rejected',
        detail: `Graph refused the group with status ${outcome.graph.status}.`,
        members: { graph: outcome.graph },
      };
    case 'denied':
      return {
        code: 'graph-access-denied',
        detail: `Graph refused the adapter’s identity with status ${outcome.graph.status}.`,
        members: { graph: outcome.graph, hint: accessHint },
      };
    case 'throttled':
      return {
        code: 'graph-unavailable',
        detail:
          outcome.graph === null
            ? 'The connection has reached the rate that Graph allows.'
            : 'Graph asks to wait.',
        members: graphMember(outcome.graph),
      };
    case 'unavailable':
      return {
        code: 'graph-unavailable',
        detail:
          outcome.graph === null
            ? 'Graph or the identity endpoint sent no usable response.'
            : `Graph sent no usable response (status ${outcome.graph.status}).`,
        members: graphMember(outcome.graph),
      };
  }
}

/** Present if Graph's last response was an error; a success that came without its group is not one. */
export function graphMember(graph: GraphAnswer | null): { graph?: GraphAnswer } {
  return graph === null || graph.status < 400 ? {} : { graph };
}

import type { GraphAnswer, Outcome } from '../groups/outcome.ts';
import type { EventFields, EventName } from '../telemetry/telemetry.ts';

/** The event that tells of an outcome at the door where it is final; other outcomes end otherwise. */
export const settledEvents: { readonly [kind in Outcome['kind']]?: EventName } = {
  created: 'ExternalGroupCreated',
  unchanged: 'ExternalGroupUnchanged',
  conflict: 'ExternalGroupConflict',
};

type Subject = Pick<EventFields, 'connectionId' | 'groupId' | 'source' | 'operationId' | 'attempts'>;

/** An event's fields, with Graph's refusal where the outcome is one. */
export function eventFields(subject: Subject, outcome: Outcome | null): EventFields {
  const graph: GraphAnswer | null = outcome !== null && 'graph' in outcome ? outcome.graph : null;
  if (graph === null) return subject;
  return {
    ...subject,
    graphStatus: graph.status,
    ...(graph.code === null ? {} : { graphCode: graph.code }),
    ...(graph.requestId === null ? {} : { graphRequestId: graph.requestId }),
  };
}

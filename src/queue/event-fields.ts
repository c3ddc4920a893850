import type { GraphStatus } from '../groups/graph-answer.ts';
import type { EventFields } from '../telemetry/telemetry.ts';
import type { Subject } from './work-item.ts';

/** An event's fields, including Graph's refusal if there is one. */
export function eventFields(
  subject: Subject,
  source: EventFields['source'],
  attempts: number,
  graph: GraphStatus | null,
): EventFields {
  return {
    ...subject,
    source,
    attempts,
    ...(graph === null ? {} : { graphStatus: graph.status }),
    ...(graph === null || graph.code === null ? {} : { graphCode: graph.code }),
    ...(graph === null || graph.requestId === null ? {} : { graphRequestId: graph.requestId }),
  };
}

import type { GraphStatus } from '../groups/graph-answer.ts';
import { eventFields } from './event-fields.ts';
import type { QueueDecision } from './policy.ts';
import type { WorkPorts } from './ports.ts';
import type { Resend } from './resend.ts';
import { nameOf, type WorkItem } from './work-item.ts';

/** Why work is postponed. */
interface Postponement {
  readonly graph: GraphStatus | null;
  /** For the log: no text from the message. */
  readonly why: string;
}

type Postpone<Content> = (
  item: WorkItem<Content>,
  decision: Extract<QueueDecision, { readonly do: 'reschedule' }>,
  postponement: Postponement,
) => Promise<WorkItem<Content>>;

/** Puts work back on its queue, and reports that; resolves with the item as it was put back. */
export function createPostpone<Content extends object>(
  resend: Resend<Content>,
  { telemetry }: Pick<WorkPorts, 'telemetry'>,
): Postpone<Content> {
  return async function postpone(item, { reason, seconds }, { graph, why }) {
    const next = { ...item, reason };
    await resend(next, seconds);
    const fields = eventFields(item.subject, 'queue', item.attempts, graph);
    telemetry.event('ExternalGroupPostponed', { ...fields, reason }, item.trace);
    item.log('warn', `${nameOf(item.subject)}: postponed by ${Math.ceil(seconds)} s: ${why}`);
    return next;
  };
}

import type { Problem } from '../problems/problem.ts';
import { readHostTrace, type TraceContext } from '../telemetry/trace-context.ts';
import { readTime, toText } from './delivery.ts';
import { laterVersionOf } from './envelope.ts';
import type { MessageKind } from './message-kind.ts';
import { decodeMessage, toBytes } from './message-text.ts';
import {
  type ItemOptions,
  type Subject,
  type TriggerMetadata,
  toWorkItem,
  type WorkItem,
} from './work-item.ts';

/** What a message is: work, or an end that it reaches within this one attempt. */
export type Accepted<Content> =
  | { readonly kind: 'work'; readonly item: WorkItem<Content> }
  | { readonly kind: 'refused'; readonly item: WorkItem<Content>; readonly problem: Problem }
  | {
      readonly kind: 'unreadable';
      readonly bytes: Buffer;
      /** When storage took the message (ISO 8601); null if unknown. */
      readonly insertedOn: string | null;
      readonly problem: Problem;
      readonly subject: Subject | null;
    }
  | {
      readonly kind: 'later-version';
      /** As it stands on the queue, and the bytes of its JSON. */
      readonly text: string;
      readonly bytes: Buffer;
      readonly version: number;
      readonly firstQueuedDateTime: unknown;
    };

export function acceptMessage<Content extends object>(
  kind: Pick<MessageKind<Content>, 'read'>,
  payload: unknown,
  metadata: TriggerMetadata,
  options: ItemOptions,
): Accepted<Content> {
  const text = toBytes(payload);
  const { bytes, json } = decodeMessage(text);
  const insertedOn = options.isPoison === true ? null : toText(readTime(metadata.insertedOn));
  if (!json.ok) {
    const problem = { code: 'malformed-json', detail: `The message ${json.detail}.`, members: {} } as const;
    return { kind: 'unreadable', bytes, insertedOn, problem, subject: null };
  }
  const later = laterVersionOf(json.value);
  if (later !== null) return { kind: 'later-version', text: text.toString('utf8'), bytes, ...later };
  const reading = kind.read(json.value);
  if (reading.kind === 'unreadable') return { ...reading, bytes, insertedOn };
  const item = toWorkItem(reading.content, reading.envelope, reading.subject, metadata, options);
  if (reading.refused === null) return { kind: 'work', item };
  const attempts = item.attempts - (options.isPoison === true ? 0 : 1);
  return { kind: 'refused', item: { ...item, attempts }, problem: reading.refused };
}

export function traceOf<Content>(accepted: Accepted<Content>, metadata: TriggerMetadata): TraceContext {
  return 'item' in accepted ? accepted.item.origin : readHostTrace(metadata.traceContext);
}

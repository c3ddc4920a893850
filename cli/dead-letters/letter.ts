import { longestGroup } from '../../src/creations/admit.ts';
import type { Message, ReadMessage } from '../../src/creations/message.ts';
import { operationIdOf } from '../../src/groups/operation-id.ts';
import type { SeenMessage } from './dead-letter-queue.ts';
import { type Mark, readMark } from './mark.ts';

/** A dead letter as an operator looks at it. */
export interface Letter {
  readonly messageId: string;
  readonly operationId: string | null;
  readonly connectionId: string | null;
  readonly groupId: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number | null;
  readonly deadLetteredDateTime: string;
  /** Everything that the letter says; null where it is not JSON. */
  readonly content: Readonly<Record<string, unknown>> | null;
  /** What to put back on the work queue, or why that cannot be done. */
  readonly revival: { readonly message: Message } | { readonly obstacle: string };
  /** Left by a redrive that has begun. */
  readonly mark: Mark | null;
}

/** Reads a dead letter, also one that another hand wrote: nothing in it is taken for granted. */
export function readLetter(seen: SeenMessage, readMessage: ReadMessage): Letter {
  const content = decode(seen.text);
  const { operationId, connectionId, group, error, attempts, deadLetteredDateTime, redrive } = content ?? {};
  const revival = revive(content, readMessage);
  const derived =
    'message' in revival ? operationIdOf(revival.message.connectionId, revival.message.group) : null;
  return {
    messageId: seen.messageId,
    operationId: text(operationId) ?? derived,
    connectionId: text(connectionId),
    groupId: text(toRecord(group).id),
    code: text(toRecord(error).code),
    detail: text(toRecord(error).detail),
    attempts: typeof attempts === 'number' ? attempts : null,
    deadLetteredDateTime: text(deadLetteredDateTime) ?? seen.insertedOn.toISOString(),
    content,
    revival,
    mark: readMark(redrive),
  };
}

/** Takes off what made the message a dead letter, and lets the adapter's own reader judge the rest. */
function revive(content: Letter['content'], readMessage: ReadMessage): Letter['revival'] {
  if (content === null) return { obstacle: 'it is not the JSON of a dead letter' };
  const { error, deadLetteredDateTime, redrive, raw, cut, ...rest } = content;
  if (raw !== undefined) return { obstacle: 'the message could not be read; its bytes are in "raw"' };
  if (cut === 'group') return { obstacle: 'its group was cut to fit the queue; send the whole group again' };
  const read = readMessage(rest);
  if (!read.ok) return { obstacle: read.detail.replace(/\.$/, '') };
  if (Buffer.byteLength(JSON.stringify(read.message.group), 'utf8') > longestGroup)
    return { obstacle: 'its group is over 32 KiB, which the adapter refuses' };
  return { message: read.message };
}

function decode(encoded: string): Letter['content'] {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

import { laterVersionOf } from '../../src/queue/envelope.ts';
import { decodeMessage } from '../../src/queue/message-text.ts';
import { queueNames } from '../../src/storage/queues.ts';
import type { SeenMessage } from './dead-letter-queue.ts';
import { type Mark, readMark } from './marker.ts';
import type { Readers } from './readers.ts';
import { type Obstacle, type Revival, reviveChange, reviveCreation, superseded } from './revival.ts';

/** A dead letter as commands use it. */
export interface Letter {
  readonly messageId: string;
  /** The work queue that its message came from. */
  readonly queue: string;
  readonly operationId: string | null;
  readonly connectionId: string | null;
  readonly groupId: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number | null;
  readonly deadLetteredDateTime: string;
  /** Everything in the letter; null if it is not JSON. */
  readonly content: Readonly<Record<string, unknown>> | null;
  /** What to send back to the work queue, or why that is impossible. */
  readonly revival: Revival | Obstacle;
  /** Left by a redrive that has started. */
  readonly mark: Mark | null;
}

/** Reads a dead letter, even one that something else wrote: nothing in it is trusted. */
export function readLetter(seen: SeenMessage, readers: Readers): Letter {
  const content = decode(seen.text);
  const { operationId, connectionId, group, groupId, error, attempts, deadLetteredDateTime, redrive } =
    content ?? {};
  const revival = revive(content, readers);
  const subject = 'obstacle' in revival ? null : revival.subject;
  return {
    messageId: seen.messageId,
    queue: text(content?.queue) ?? queueNames.work,
    operationId: text(operationId) ?? (subject?.operationId || null),
    connectionId: text(connectionId) ?? (subject?.connectionId || null),
    groupId: text(toRecord(group).id) ?? text(groupId) ?? (subject?.groupId || null),
    code: text(toRecord(error).code),
    detail: text(toRecord(error).detail),
    attempts: typeof attempts === 'number' ? attempts : null,
    deadLetteredDateTime: text(deadLetteredDateTime) ?? seen.insertedOn.toISOString(),
    content,
    revival,
    mark: readMark(redrive),
  };
}

/** Removes what was added for the dead letter, and lets the adapter's own reader judge the rest. */
function revive(content: Letter['content'], readers: Readers): Letter['revival'] {
  if (content === null) return { obstacle: 'it is not the JSON of a dead letter' };
  if (toRecord(content.error).code === 'superseded') return superseded;
  const { error, deadLetteredDateTime, redrive, queue = queueNames.work, raw, cut, ...rest } = content;
  if (cut === 'raw')
    return { obstacle: 'the message could not be read; the first of its bytes are in "raw"' };
  if (cut !== undefined && cut !== 'existing')
    return { obstacle: 'its group was cut to fit the queue; send the whole group again' };
  const read = readerOf(queue, rest.firstQueuedDateTime, readers);
  if (read === null) return { obstacle: 'it does not come from a work queue of this release' };
  // A letter's own operationId is derived from its content.
  if (raw === undefined) return read(withoutOperation(rest));
  // The message is readable for this release, even if another setting or an older release refused it.
  const { json } = decodeMessage(Buffer.from(text(raw) ?? '', 'base64'));
  if (!json.ok) return { obstacle: 'the message could not be read; its bytes are in "raw"' };
  const later = laterVersionOf(json.value);
  if (later !== null)
    return {
      obstacle: `the message is of version ${later.version}; redrive it with the release that wrote it`,
    };
  const revived = read(json.value);
  return 'obstacle' in revived
    ? { obstacle: `the message could not be read; its bytes are in "raw": ${revived.obstacle}` }
    : revived;
}

function withoutOperation({ operationId, ...message }: Readonly<Record<string, unknown>>): object {
  return message;
}

function readerOf(
  queue: unknown,
  letterTime: unknown,
  { readCreation, readChange }: Readers,
): ((value: unknown) => Revival | Obstacle) | null {
  if (queue === queueNames.work) return (value) => reviveCreation(readCreation(value), letterTime);
  return queue === queueNames.changes ? (value) => reviveChange(value, readChange) : null;
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

import type { CanonicalId } from '../groups/connection-id.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import { createFaultList } from '../groups/fault-list.ts';
import type { NameKind } from '../groups/member-name.ts';
import type { Problem } from '../problems/problem.ts';
import { type Envelope, envelopeProperties } from '../queue/envelope.ts';
import type { Reading } from '../queue/message-kind.ts';
import { connectionNotAllowed, describeFaults } from '../queue/refusals.ts';
import { finish } from '../shared/steps.ts';
import { type ChangeReader, createChangeReader, type MessageMembers } from './change-reader.ts';
import { isCloudEvent } from './cloud-event.ts';
import type { RequestedChange } from './core/change.ts';
import { createEventMessageReader, type EventMessage, isEventMessage } from './event-message.ts';
import type { LookMessage } from './ports.ts';
import { idFault, tooLarge } from './to-change.ts';

/** What a message asks for, and its own members without the envelope. */
export type ChangeContent = { readonly message: object } & (
  | { readonly kind: 'change'; readonly change: RequestedChange }
  | { readonly kind: 'look'; readonly look: LookMessage }
  | { readonly kind: 'event'; readonly event: EventMessage }
);

export interface ChangeRules {
  readonly idCharacters: IdCharacters;
  /** Absent: members have object ids only. */
  readonly memberNames?: readonly NameKind[];
  readonly canonicalId: CanonicalId;
  /** The connection that a source may change; absent or null: unknown. */
  readonly connectionOf?: (source: string) => string | null;
}

export type ReadChangeMessage = (value: unknown) => Reading<ChangeContent>;

/**
 * Reads the JSON of a message on the queue, or of an event that carries one: a change or a look, a refused one, or
 * something unreadable.
 */
export function createReadChangeMessage(rules: ChangeRules): ReadChangeMessage {
  let reader: ChangeReader | undefined;
  const readEventMessage = createEventMessageReader();

  /** An event is mapped when it is attempted: until then, the mapping can still be corrected. */
  function readEvent(value: unknown): Reading<ChangeContent> {
    const faults = createFaultList();
    const read = readEventMessage(value, faults);
    if (read === null) return unreadable(describeFaults(faults.listed()));
    const { message: event, envelope } = splitEnvelope(read);
    const connectionId = rules.connectionOf?.(read.source) ?? '';
    return {
      kind: 'readable',
      envelope,
      subject: { connectionId, groupId: '', operationId: '' },
      content: { kind: 'event', event, message: event },
      refused: null,
    };
  }

  return function readChangeMessage(value) {
    if (isEventMessage(value)) return readEvent(value);
    reader ??= createChangeReader(rules.idCharacters, rules.memberNames);
    const faults = createFaultList();
    const outlined = finish(reader.outline({ value, isEvent: isCloudEvent(value), door: 'queue' }, faults));
    if (outlined === null) return unreadable(describeFaults(faults.listed()));
    const { message, envelope } = splitEnvelope<MessageMembers>(outlined.message);
    const { groupId, look, putOff } = message;
    const canonical = rules.canonicalId(message.connectionId);
    const connectionId = canonical ?? message.connectionId;
    const foreign = canonical === null ? connectionNotAllowed : null;
    const subject = { connectionId, groupId, operationId: '' };
    const readable = { kind: 'readable', envelope, subject } as const;
    if (look !== undefined) {
      const wake = { connectionId, groupId, look, ...(putOff === undefined ? {} : { putOff }) };
      const content = { kind: 'look', look: wake, message } as const;
      return { ...readable, content, refused: foreign };
    }
    const change = { ...finish(reader.fromMessage(outlined, faults)), connectionId };
    if (!faults.isEmpty()) return unreadable(describeFaults(faults.listed()));
    return {
      ...readable,
      content: { kind: 'change', change, message },
      refused: ofId(change, rules) ?? foreign ?? tooLarge(change),
    };
  };
}

function unreadable(detail: string): Reading<ChangeContent> {
  return { kind: 'unreadable', problem: { code: 'validation-failed', detail, members: {} }, subject: null };
}

/** What a message says, and its envelope. */
function splitEnvelope<T extends object>(value: T & Envelope): { message: T; envelope: Envelope } {
  const isEnvelope = (name: string) => Object.hasOwn(envelopeProperties, name);
  const entries = Object.entries(value);
  return {
    message: Object.fromEntries(entries.filter(([name]) => !isEnvelope(name))) as T,
    envelope: Object.fromEntries(entries.filter(([name]) => isEnvelope(name))),
  };
}

function ofId({ groupId }: RequestedChange, { idCharacters }: ChangeRules): Problem | null {
  const fault = idFault(groupId, '', idCharacters);
  return fault && { code: 'validation-failed', detail: `The group’s id ${fault.detail}.`, members: {} };
}

import type { SpellConnection } from '../groups/connection-id.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import { createFaultList } from '../groups/fault-list.ts';
import type { NameKind } from '../groups/member-name.ts';
import type { DeadLetterError } from '../queue/dead-letter.ts';
import { describeFaults } from '../queue/describe-faults.ts';
import { type Envelope, envelopeProperties } from '../queue/envelope.ts';
import type { Reading } from '../queue/message-kind.ts';
import { type ChangeReader, createChangeReader, type MessageMembers } from './change-reader.ts';
import { isCloudEvent } from './cloud-event.ts';
import type { SaidChange } from './core/change.ts';
import type { LookMessage } from './look-message.ts';
import { excessOf, idFault } from './to-change.ts';

/** What a message asks for, and its own members without the envelope. */
export type ChangeContent = { readonly message: object } & (
  | { readonly kind: 'change'; readonly change: SaidChange }
  | { readonly kind: 'look'; readonly look: LookMessage }
);

export interface ChangeRules {
  readonly idCharacters: IdCharacters;
  /** Absent: members have object ids only. */
  readonly memberNames?: readonly NameKind[];
  readonly spell: SpellConnection;
}

export type ReadChangeMessage = (value: unknown) => Reading<ChangeContent>;

/**
 * Reads the JSON of a message on the queue, or of an event that carries one: a change or a look, a refused one, or
 * something unreadable.
 */
export function createReadChangeMessage(rules: ChangeRules): ReadChangeMessage {
  let reader: ChangeReader | undefined;

  return function readChangeMessage(value) {
    reader ??= createChangeReader(rules.idCharacters, rules.memberNames);
    const faults = createFaultList();
    const outlined = reader.outline({ value, isEvent: isCloudEvent(value), door: 'queue' }, faults);
    if (outlined === null) return unreadable(describeFaults(faults.listed()));
    const { message, envelope } = split(outlined.message);
    const { groupId, look, putOff } = message;
    const spelled = rules.spell(message.connectionId);
    const connectionId = spelled ?? message.connectionId;
    const foreign = spelled === null ? notAllowed : null;
    const subject = { connectionId, groupId, operationId: '' };
    const readable = { kind: 'readable', envelope, subject } as const;
    if (look !== undefined) {
      const wake = { connectionId, groupId, look, ...(putOff === undefined ? {} : { putOff }) };
      const content = { kind: 'look', look: wake, message } as const;
      return { ...readable, content, refused: foreign };
    }
    const change = { ...reader.fromMessage(outlined, faults), connectionId };
    if (!faults.isEmpty()) return unreadable(describeFaults(faults.listed()));
    return {
      ...readable,
      content: { kind: 'change', change, message },
      refused: ofId(change, rules) ?? foreign ?? ofSize(change),
    };
  };
}

function unreadable(detail: string): Reading<ChangeContent> {
  return { kind: 'unreadable', error: { code: 'validation-failed', detail }, subject: null };
}

function split(value: MessageMembers): { message: MessageMembers; envelope: Envelope } {
  const isEnvelope = (name: string) => Object.hasOwn(envelopeProperties, name);
  const entries = Object.entries(value);
  const { connectionId, groupId } = value;
  return {
    message: {
      connectionId,
      groupId,
      ...Object.fromEntries(entries.filter(([name]) => !isEnvelope(name))),
    },
    envelope: Object.fromEntries(entries.filter(([name]) => isEnvelope(name))),
  };
}

const notAllowed: DeadLetterError = {
  code: 'connection-not-allowed',
  detail: 'EXTERNAL_CONNECTIONS does not list the connection.',
};

function ofId({ groupId }: SaidChange, { idCharacters }: ChangeRules): DeadLetterError | null {
  const fault = idFault(groupId, '', idCharacters);
  return fault && { code: 'validation-failed', detail: `The group’s id ${fault.detail}.` };
}

function ofSize(change: SaidChange): DeadLetterError | null {
  const excess = excessOf(change);
  return excess && { ...excess.members, code: excess.code, detail: excess.detail };
}

import { storageWithin } from '../storage/bounds.ts';
import { acceptMessage, traceOf } from './accept-message.ts';
import { toEnvelope } from './envelope.ts';
import type { WorkKind } from './kind.ts';
import type { TriggerMetadata } from './piece.ts';
import type { WorkPorts } from './ports.ts';
import { createSettlement } from './settlement.ts';
import { createUnread } from './unread.ts';

/** Settles one message of a poison queue. Rejects if storage fails: the message is delivered again. */
export type HandlePoisonMessage = (text: Buffer, metadata: TriggerMetadata) => Promise<void>;

const detail =
  'The host gave up after the work on the message had failed or been interrupted again and again.';

/** Poison message handling for one kind of work. */
export function createHandlePoisonMessage<Content extends object, Outcome>(
  kind: WorkKind<Content, Outcome>,
  ports: WorkPorts,
): HandlePoisonMessage {
  const { runtime, limits, send } = ports;
  const settlement = createSettlement(kind, ports);
  const unread = createUnread(kind, ports);

  return async function handlePoisonMessage(text, metadata) {
    const { giveUpAfter } = limits;
    const options = { now: runtime.clock.now(), giveUpAfter, newId: runtime.newId, isPoison: true };
    const accepted = acceptMessage(kind, text, metadata, options);
    const trace = traceOf(accepted, metadata);
    if (accepted.kind === 'unreadable') return unread.deadLetterUnreadable(accepted, metadata, trace);
    if (accepted.kind === 'later-version')
      return void (await unread.keepLaterVersion(accepted, metadata, trace));
    const { piece } = accepted;
    if (accepted.kind === 'refused') return settlement.refuse(piece, accepted.error);
    const delay = kind.sendPoisonedAgain?.(piece.content) ?? null;
    if (delay === null) return settlement.refuse(piece, { code: 'crashed', detail });
    const message = { ...kind.toMessage(piece.content), ...toEnvelope({ ...piece, trace: piece.origin }) };
    await send(kind.queue, message, { delay, within: storageWithin.queue });
  };
}

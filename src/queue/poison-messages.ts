import type { Problem } from '../problems/problem.ts';
import { acceptMessage, traceOf } from './accept-message.ts';
import type { MessageKind } from './message-kind.ts';
import type { WorkPorts } from './ports.ts';
import type { MessageHandlers } from './receive-message.ts';
import { createUnreadableMessages } from './unreadable-messages.ts';
import type { TriggerMetadata } from './work-item.ts';

/** Settles one message of a poison queue. Rejects if storage fails: the message is delivered again. */
export type HandlePoisonMessage = (text: Buffer, metadata: TriggerMetadata) => Promise<void>;

/** Why work is given up that crashed again and again. */
export const crashed: Problem = {
  code: 'crashed',
  detail: 'The host gave up because processing the message failed, or was interrupted, repeatedly.',
  members: {},
};

/** Poison message handling for the messages of one queue. */
export function createHandlePoisonMessage<Content extends object>(
  kind: MessageKind<Content>,
  { refuse, handleCrashed, recordUnreadable }: Omit<MessageHandlers<Content>, 'work'>,
  ports: WorkPorts,
): HandlePoisonMessage {
  const { runtime, giveUpAfter } = ports;
  const unread = createUnreadableMessages(kind.queue, recordUnreadable, ports);

  return async function handlePoisonMessage(text, metadata) {
    const options = { now: runtime.clock.now(), giveUpAfter, newId: runtime.newId, isPoison: true };
    const accepted = acceptMessage(kind, text, metadata, options);
    const trace = traceOf(accepted, metadata);
    if (accepted.kind === 'unreadable') return unread.deadLetterUnreadable(accepted, metadata, trace);
    if (accepted.kind === 'later-version')
      return void (await unread.keepLaterVersion(accepted, metadata, trace));
    if (accepted.kind === 'refused') return refuse(accepted.item, accepted.problem);
    await handleCrashed(accepted.item);
  };
}

import type { Delivery } from './deliveries.ts';

/** Work on one delivery: an HTTP request, or one invocation with a message. */
export interface Invocation {
  readonly delivery: Delivery;
  readonly instance: string;
  /** Null for an HTTP request. */
  readonly messageId: string | null;
  readonly startedAt: number;
  /** Held by the timer that empties the poison queue. */
  readonly isPoison: boolean;
  /** A write was made whose effect is not known, and nothing has been read since. */
  isInDoubt: boolean;
}

/** The running invocations, and what each message inherits from the one that sent it. */
export interface Journal {
  readonly begin: (
    instance: string,
    delivery: Delivery,
    messageId: string | null,
    isPoison?: boolean,
  ) => Invocation;
  readonly end: (invocation: Invocation) => void;
  /** The invocations of a delivery on an instance: more than one where a message came twice. */
  readonly running: (instance: string, delivery: Delivery) => readonly Invocation[];
  readonly runningOn: (instance: string) => readonly Invocation[];
  readonly endAllOn: (instance: string) => void;
  readonly messageSent: (messageId: string, isInDoubt: boolean) => void;
}

export function createJournal(now: () => number): Journal {
  let running: Invocation[] = [];
  const messagesInDoubt = new Set<string>();
  return {
    begin: (instance, delivery, messageId, isPoison = false) => {
      const isInDoubt = messageId !== null && messagesInDoubt.has(messageId);
      const invocation = { instance, delivery, messageId, startedAt: now(), isPoison, isInDoubt };
      running.push(invocation);
      return invocation;
    },
    end: (invocation) => {
      running = running.filter((one) => one !== invocation);
      // The host will make the message visible again if the invocation failed.
      if (invocation.isInDoubt && invocation.messageId !== null) messagesInDoubt.add(invocation.messageId);
    },
    running: (instance, delivery) =>
      running.filter((one) => one.instance === instance && one.delivery === delivery),
    runningOn: (instance) => running.filter((one) => one.instance === instance),
    endAllOn: (instance) => {
      running = running.filter((one) => one.instance !== instance);
    },
    messageSent: (messageId, isInDoubt) => {
      if (isInDoubt) messagesInDoubt.add(messageId);
    },
  };
}

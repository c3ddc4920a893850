import type { PostponementReason } from '../groups/reasons.ts';
import { claimedTime, type Delivery, readTime, tick, toText } from './delivery.ts';
import { type Envelope, isFirst, isOwn } from './envelope.ts';

/** The past of queued work, as far as its message is believed. */
export interface History {
  readonly delivery: Delivery;
  /** When the work was first queued, by the queue's clock (ISO 8601); null if that is unknown. */
  readonly firstQueued: string | null;
  /** When an operator last redrove it; null if nobody did. */
  readonly redriven: string | null;
  readonly reason: PostponementReason;
  /** Attempts made. */
  readonly attempts: number;
  readonly uncertain: boolean;
  readonly announced: boolean;
  /** Milliseconds since it was first queued or last redriven: never more than that. */
  readonly age: number;
}

interface HistoryOptions {
  readonly now: number;
  /** The queue's id for the message, or one made up for it. */
  readonly messageId: string;
  /** When storage took the message; unreadable if unknown. */
  readonly insertedOn: unknown;
  /** The message was moved to the poison queue: storage's metadata is about the move. */
  readonly isPoison: boolean;
}

/**
 * Reads the history that a message carries. Only an envelope that the adapter wrote counts ({@link isOwn}), and no time in it lies
 * after the message's own insertion. The first message of its work was queued when storage took it: that is the clock by
 * which deletions are dated too, whatever the clocks of instances show. In the poison queue that time is lost.
 */
export function readHistory(envelope: Envelope, options: HistoryOptions): History {
  const { now, messageId, isPoison } = options;
  const own: Envelope = isOwn(envelope) ? envelope : {};
  const inserted = readTime(options.insertedOn) ?? now;
  const earlierOf = (claim: unknown) => {
    const time = readTime(claim);
    return time === null ? null : claimedTime(time, inserted);
  };
  const isNew = own === envelope ? isFirst(own) : true;
  const firstQueued = isNew ? (isPoison ? null : inserted) : earlierOf(own.firstQueuedDateTime);
  const redriven = earlierOf(own.redrivenDateTime);
  const accepted = redriven ?? firstQueued;
  const since = accepted ?? inserted;
  return {
    delivery: { id: own.deliveryId ?? messageId, queuedAt: toText(accepted) ?? '' },
    firstQueued: toText(firstQueued),
    redriven: toText(redriven),
    reason: own.reason ?? 'queued',
    attempts: own.attempts ?? 0,
    uncertain: own.uncertain ?? false,
    announced: own.announced ?? false,
    age: Math.max(0, now - since - (since % tick === 0 ? tick : 0)),
  };
}

import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';

export interface MessageLease {
  /** Stops the renewal and returns the receipt that deletes or releases the message now. */
  end(): Promise<string>;
}

export interface MessageLeaseOptions {
  queue: QueueClient;
  message: DequeuedMessageItem;
  leaseMs: number;
  /** The lease could not be renewed: the message may be delivered again while the function still runs. */
  onLost(error: unknown): void;
}

/**
 * Keeps a message invisible while its function runs: renewed at half of the lease, sooner after a failure. Every
 * renewal changes the pop receipt, and the old one no longer deletes the message.
 */
export function keepMessageLease({ queue, message, leaseMs, onLost }: MessageLeaseOptions): MessageLease {
  let { popReceipt } = message;
  let timer: NodeJS.Timeout | undefined;
  let renewal: Promise<void> = Promise.resolve();
  let ended = false;

  function schedule(afterMs: number): void {
    if (!ended) timer = setTimeout(() => (renewal = renew(afterMs)), afterMs);
  }

  async function renew(afterMs: number): Promise<void> {
    try {
      const seconds = Math.ceil(leaseMs / 1000);
      const updated = await queue.updateMessage(message.messageId, popReceipt, undefined, seconds);
      popReceipt = updated.popReceipt ?? popReceipt;
      schedule(leaseMs / 2);
    } catch (error) {
      if (isGone(error)) onLost(error);
      else schedule(Math.max(afterMs / 2, leaseMs / 20));
    }
  }

  schedule(leaseMs / 2);
  return {
    async end() {
      ended = true;
      clearTimeout(timer);
      await renewal;
      return popReceipt;
    },
  };
}

/** Whether storage says that the message is no longer ours: deleted, or received by another reader. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return error.statusCode === 404 || ('code' in error && error.code === 'PopReceiptMismatch');
}

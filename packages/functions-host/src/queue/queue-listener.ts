import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { errorText } from '../error-text.ts';
import type { QueueSettings } from '../host-json.ts';
import type { Log } from '../logger.ts';
import { pollingDelay } from './polling-delay.ts';

export interface QueueListener {
  begin(): void;
  /** Fetches nothing more; messages being fetched or processed are still finished. */
  stop(): void;
  /** Messages being processed, and the fetch in progress. */
  active(): number;
}

export interface QueueListenerOptions {
  queue: QueueClient;
  settings: QueueSettings;
  leaseMs: number;
  process(message: DequeuedMessageItem): Promise<void>;
  log: Log;
}

/**
 * Fetches `batchSize` messages whenever no more than `newBatchThreshold` are being processed, so that at most the sum of
 * both run at once. A queue that does not exist yet is an empty one, with a
 * warning at each poll; an outage is logged once and waited out.
 */
export function createQueueListener(options: QueueListenerOptions): QueueListener {
  const { queue, settings, leaseMs, process, log } = options;
  let stopped = false;
  let fetching = false;
  let inWork = 0;
  let down = false;
  /** Wakes the loop from a pause or from waiting for room. */
  let wake = (): void => {};

  function pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function fetch(): Promise<DequeuedMessageItem[]> {
    fetching = true;
    try {
      const seconds = Math.max(1, Math.round(leaseMs / 1000));
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: settings.batchSize,
        visibilityTimeout: seconds,
      });
      if (down) say('information', 'can be read again');
      down = false;
      return receivedMessageItems;
    } catch (error) {
      if (isMissing(error)) {
        // The SDK logs every error response (AzureEventSourceLogForwarder), so this is there at each poll.
        const message = `Error response 404 The specified queue does not exist: ${queue.name}`;
        log({ level: 'warning', category: 'Azure.Core', message });
        return [];
      }
      if (!down) say('warning', `cannot be read, trying again: ${errorText(error)}`);
      down = true;
      return [];
    } finally {
      fetching = false;
    }
  }

  function say(level: 'information' | 'warning', what: string): void {
    log({ level, category: 'Host.Queues', message: `queue ${queue.name} ${what}` });
  }

  async function start(message: DequeuedMessageItem): Promise<void> {
    inWork++;
    await process(message);
    inWork--;
    if (inWork <= settings.newBatchThreshold) wakeForRoom();
  }

  let waitingForRoom = false;
  function wakeForRoom(): void {
    if (waitingForRoom) wake();
  }

  async function loop(): Promise<void> {
    let emptyPolls = 0;
    while (!stopped) {
      const messages = await fetch();
      for (const message of messages) void start(message);
      if (messages.length === 0) {
        if (!stopped) await pause(pollingDelay(emptyPolls++, settings.maxPollingIntervalMs));
        continue;
      }
      emptyPolls = 0;
      waitingForRoom = true;
      while (!stopped && inWork > settings.newBatchThreshold) await pause();
      waitingForRoom = false;
    }
  }

  return {
    begin: () => void loop(),
    stop() {
      stopped = true;
      wake();
    },
    active: () => inWork + (fetching ? 1 : 0),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

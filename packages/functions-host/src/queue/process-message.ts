import { randomUUID } from 'node:crypto';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { LogLevel } from '../core-types.ts';
import { errorStack, errorText } from '../error-text.ts';
import type { QueueSettings } from '../host-json.ts';
import type { Log } from '../logger.ts';
import type { InvokeMessage } from './invoke-message.ts';
import { decodeBody, encodeBody } from './message-body.ts';
import { isGone, keepMessageLease } from './message-lease.ts';
import { addToPoisonQueue } from './poison-queue.ts';

export interface ProcessMessageOptions {
  functionName: string;
  queue: QueueClient;
  /** Undefined if the queue has none: a message that fails is then left as it is. */
  poison: QueueClient | undefined;
  settings: QueueSettings;
  invokeMessage: InvokeMessage;
  log: Log;
  leaseMs: number;
}

/**
 * Processes one received message as the storage extension does (azure-sdk-for-net,
 * Microsoft.Azure.WebJobs.Extensions.Storage):
 *
 * - What host.json's encoding cannot decode is copied as it is to the poison queue and deleted, whatever its dequeue
 *   count; the function does not see it (QueueServiceClientProvider.CreateMessageDecodingFailedHandler).
 * - Beyond `maxDequeueCount` a message is moved to the poison queue without an invocation
 *   (QueueProcessor.BeginProcessingMessageAsync).
 * - Success deletes; failure shows the message again after `visibilityTimeout`, or moves it to the poison queue once the
 *   dequeue count has reached `maxDequeueCount` (QueueProcessor.CompleteProcessingMessageAsync).
 * - Without a poison queue, nothing of this is done: the message stays hidden until its lease ends.
 */
export function createMessageProcessor(options: ProcessMessageOptions) {
  const { functionName, queue, poison, settings, invokeMessage, leaseMs } = options;
  const { maxDequeueCount, messageEncoding } = settings;

  async function process(message: DequeuedMessageItem): Promise<void> {
    const invocationId = randomUUID();
    const label = `${queue.name} message ${message.messageId.slice(0, 8)} attempt ${message.dequeueCount}`;
    const say = (level: LogLevel, what: string): void => {
      const category = `Function.${functionName}`;
      options.log({ level, category, message: `${label} ${what}`, functionName, invocationId });
    };
    const moveToPoison = async (text: string, popReceipt: string, why: string): Promise<void> => {
      if (poison === undefined) return say('warning', `${why}: left alone until its lease ends`);
      await addToPoisonQueue(poison, text);
      await queue.deleteMessage(message.messageId, popReceipt);
      say('warning', `${why}: moved to ${poison.name}`);
    };

    const body = decodeBody(message.messageText, messageEncoding);
    if (body === undefined) return moveToPoison(message.messageText, message.popReceipt, 'is not base64');
    const text = encodeBody(body, messageEncoding);
    if (message.dequeueCount > maxDequeueCount) {
      return moveToPoison(text, message.popReceipt, `is beyond maxDequeueCount ${maxDequeueCount}`);
    }

    const onLost = (error: unknown): void => say('warning', `has lost its lease: ${errorText(error)}`);
    const lease = keepMessageLease({ queue, message, leaseMs, onLost });
    const started = performance.now();
    const elapsed = (): string => `${Math.round(performance.now() - started)} ms`;
    let failed = false;
    try {
      await invokeMessage(message, body, invocationId);
      say('information', `succeeded ${elapsed()}`);
    } catch (error) {
      failed = true;
      say('error', `failed ${elapsed()}: ${errorStack(error)}`);
    }
    const popReceipt = await lease.end();
    if (!failed) await queue.deleteMessage(message.messageId, popReceipt);
    else if (poison !== undefined && message.dequeueCount >= maxDequeueCount) {
      await moveToPoison(text, popReceipt, `has reached maxDequeueCount ${maxDequeueCount}`);
    } else if (poison !== undefined) {
      const seconds = Math.trunc(settings.visibilityTimeoutMs / 1000);
      await queue.updateMessage(message.messageId, popReceipt, undefined, seconds);
    }
  }

  return async function processMessage(message: DequeuedMessageItem): Promise<void> {
    try {
      await process(message);
    } catch (error) {
      // Somebody else has received or deleted the message; otherwise it comes back when its lease ends.
      const level = isGone(error) ? 'debug' : 'error';
      const text = `${queue.name} message ${message.messageId.slice(0, 8)} is not settled: ${errorText(error)}`;
      options.log({ level, category: `Function.${functionName}`, message: text, functionName });
    }
  };
}

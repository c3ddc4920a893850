import { randomUUID } from 'node:crypto';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { LogLevel } from '../core-types.ts';
import { errorStack, errorText } from '../error-text.ts';
import type { QueueSettings } from '../host-json.ts';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import { createTraceContext } from '../trace-context.ts';
import { isGone, keepMessageLease } from './message-lease.ts';
import { decodeMessage } from './message-text.ts';
import { addToPoisonQueue } from './poison-queue.ts';
import type { QueueFunction } from './queue-function.ts';
import { queueTriggerMetadata } from './queue-metadata.ts';

export interface ProcessMessageOptions {
  trigger: QueueFunction;
  queue: QueueClient;
  poison: QueueClient | undefined;
  settings: QueueSettings;
  invoker: Invoker;
  log: Log;
  leaseMs: number;
}

/**
 * Works off one received message with the host's rules (QueueListener.cs and QueueProcessor.cs of
 * https://github.com/Azure/azure-sdk-for-net): success deletes it; a failure shows it again after `visibilityTimeout`,
 * or moves it to the poison queue once `maxDequeueCount` is reached. A queue without a poison queue leaves a failed
 * message invisible until its lease ends, and never invokes it again beyond `maxDequeueCount`.
 */
export function createMessageProcessor(options: ProcessMessageOptions) {
  const { trigger, queue, poison, settings, invoker, leaseMs } = options;
  const { name: functionName } = trigger.target.metadata;
  const { maxDequeueCount, messageEncoding } = settings;

  async function process(message: DequeuedMessageItem): Promise<void> {
    const invocationId = randomUUID();
    const label = `${trigger.queueName} message ${message.messageId.slice(0, 8)} attempt ${message.dequeueCount}`;
    const say = (level: LogLevel, what: string): void => {
      const category = `Function.${functionName}`;
      options.log({ level, category, message: `${label} ${what}`, functionName, invocationId });
    };

    if (message.dequeueCount > maxDequeueCount) {
      say('warning', `is beyond maxDequeueCount ${maxDequeueCount}: not invoked`);
      if (poison !== undefined) await moveToPoison(poison, message, message.popReceipt, message.messageText);
      return;
    }
    const decoded = decodeMessage(message.messageText, messageEncoding);
    if (decoded.kind === 'undecodable' && poison !== undefined) {
      say('error', `is not base64: moved to ${poison.name}`);
      // Encoded on its way, so that the poison queue can be read.
      const encoded = Buffer.from(message.messageText).toString('base64');
      return await moveToPoison(poison, message, message.popReceipt, encoded);
    }

    const onLost = (error: unknown): void => say('warning', `has lost its lease: ${errorText(error)}`);
    const lease = keepMessageLease({ queue, message, leaseMs, onLost });
    const started = performance.now();
    const elapsed = (): string => `${Math.round(performance.now() - started)} ms`;
    let failed = false;
    try {
      await invoke(
        invocationId,
        message,
        decoded.kind === 'text' ? decoded.text : lenientText(decoded.kind, message),
      );
      say('information', `succeeded ${elapsed()}`);
    } catch (error) {
      failed = true;
      say('error', `failed ${elapsed()}: ${errorStack(error)}`);
    }
    const popReceipt = await lease.end();
    if (!failed) await queue.deleteMessage(message.messageId, popReceipt);
    else await settleFailure(message, popReceipt, say);
  }

  async function invoke(invocationId: string, message: DequeuedMessageItem, text: string): Promise<void> {
    await invoker.invoke({
      target: trigger.target,
      invocationId,
      inputData: [{ name: trigger.binding, data: { string: text } }],
      triggerMetadata: queueTriggerMetadata(message, text),
      traceContext: createTraceContext(),
    });
  }

  /**
   * Only for a queue that has no poison queue: hands what cannot be decoded to the function as it stands, so that a
   * function that clears up a poison queue can. Azure is stricter: there, such a message is never handed out.
   */
  function lenientText(kind: 'undecodable' | 'not-utf8', message: DequeuedMessageItem): string {
    if (poison === undefined) return message.messageText;
    throw new Error(`The message is ${kind}.`);
  }

  async function settleFailure(
    message: DequeuedMessageItem,
    popReceipt: string,
    say: (level: LogLevel, what: string) => void,
  ): Promise<void> {
    if (poison === undefined) return;
    if (message.dequeueCount >= maxDequeueCount) {
      say('warning', `has reached maxDequeueCount ${maxDequeueCount}: moved to ${poison.name}`);
      return await moveToPoison(poison, message, popReceipt, message.messageText);
    }
    const seconds = Math.round(settings.visibilityTimeoutMs / 1000);
    await queue.updateMessage(message.messageId, popReceipt, undefined, seconds);
  }

  async function moveToPoison(
    target: QueueClient,
    { messageId }: DequeuedMessageItem,
    popReceipt: string,
    messageText: string,
  ): Promise<void> {
    await addToPoisonQueue(target, messageText);
    await queue.deleteMessage(messageId, popReceipt);
  }

  return async function processMessage(message: DequeuedMessageItem): Promise<void> {
    try {
      await process(message);
    } catch (error) {
      // Somebody else has the message now, or nobody any more; otherwise it comes back when its lease ends.
      const level = isGone(error) ? 'debug' : 'error';
      const text = `${trigger.queueName} message ${message.messageId.slice(0, 8)} is not settled: ${errorText(error)}`;
      options.log({ level, category: `Function.${functionName}`, message: text, functionName });
    }
  };
}

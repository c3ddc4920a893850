import { randomUUID } from 'node:crypto';
import type { Invoker } from '../invoke.ts';
import { createTraceContext } from '../trace-context.ts';
import { textOf } from './message-body.ts';
import type { QueueFunction } from './queue-function.ts';
import { type MessageProperties, queueTriggerMetadata } from './trigger-metadata.ts';

export type InvokeMessage = (
  message: MessageProperties,
  body: Buffer,
  invocationId?: string,
) => Promise<void>;

/** Runs a queue function with a message; rejects with what it threw, or if its text is not UTF-8. */
export function createInvokeMessage(
  { target, binding, dataType }: Pick<QueueFunction, 'target' | 'binding' | 'dataType'>,
  invoker: Invoker,
): InvokeMessage {
  return async function invokeMessage(message, body, invocationId = randomUUID()) {
    const text = textOf(body);
    if (dataType === 'string' && text === undefined) {
      // StorageQueueMessageToStringConverter throws a DecoderFallbackException, before the function runs.
      throw new Error('The message is not UTF-8, so it cannot be bound as text.');
    }
    await invoker.invoke({
      target,
      invocationId,
      // The library parses text that is JSON, and leaves other text unchanged.
      inputData: [{ name: binding, data: dataType === 'binary' ? { bytes: body } : { string: text ?? '' } }],
      triggerMetadata: queueTriggerMetadata(message, text, dataType),
      traceContext: createTraceContext(),
    });
  };
}

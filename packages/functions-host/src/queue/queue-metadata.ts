import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { RpcTypedData } from '../core-types.ts';
import { isRecord } from '../json-file.ts';

/**
 * The `triggerMetadata` of a queue message. The host also lays the top-level properties of a JSON message over it,
 * names compared without case (QueueTriggerBinding.cs of the storage extension), so a payload with an `id` hides the
 * message's own; that is reproduced for the names below.
 */
export function queueTriggerMetadata(
  message: DequeuedMessageItem,
  text: string,
): Record<string, RpcTypedData> {
  const metadata: Record<string, RpcTypedData> = {
    QueueTrigger: { string: text },
    Id: { string: message.messageId },
    DequeueCount: { json: String(message.dequeueCount) },
    InsertionTime: { json: timestamp(message.insertedOn) },
    ExpirationTime: { json: timestamp(message.expiresOn) },
    NextVisibleTime: { json: timestamp(message.nextVisibleOn) },
    PopReceipt: { string: message.popReceipt },
  };
  const properties = objectOf(text);
  for (const name of Object.keys(metadata)) {
    for (const [key, value] of Object.entries(properties)) {
      if (key.toLowerCase() === name.toLowerCase()) metadata[name] = typed(value);
    }
  }
  return metadata;
}

function typed(value: unknown): RpcTypedData {
  return typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };
}

/** As .NET writes a DateTimeOffset. */
function timestamp(date: Date): string {
  return JSON.stringify(date.toISOString().replace('.000Z', '+00:00').replace('Z', '+00:00'));
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

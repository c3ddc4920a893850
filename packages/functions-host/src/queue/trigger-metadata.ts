import type { RpcTypedData } from '../core-types.ts';
import { payloadProperties } from './payload-properties.ts';

/** Storage's metadata of a message; a run by hand has no id and no receipt. */
export interface MessageProperties {
  messageId?: string;
  popReceipt?: string;
  dequeueCount: number;
  insertedOn: Date;
  expiresOn: Date;
  nextVisibleOn: Date;
}

/**
 * The `triggerMetadata` of a queue message (QueueTriggerBinding.CreateBindingData of the storage extension); `text` is
 * undefined if the body is not UTF-8. If the function gets text, the top-level properties of a JSON object override the
 * metadata, names compared case-insensitively (Utility.ApplyBindingData, Binder.BindingData): a payload with an `id`
 * hides the message's own, and its other properties are added.
 */
export function queueTriggerMetadata(
  message: MessageProperties,
  text: string | undefined,
  dataType: 'binary' | 'string',
): Record<string, RpcTypedData> {
  const metadata = new Map<string, RpcTypedData>();
  if (text !== undefined) metadata.set('QueueTrigger', { string: text });
  metadata.set('DequeueCount', { json: String(message.dequeueCount) });
  metadata.set('ExpirationTime', { json: timestamp(message.expiresOn) });
  if (message.messageId !== undefined) metadata.set('Id', { string: message.messageId });
  metadata.set('InsertionTime', { json: timestamp(message.insertedOn) });
  metadata.set('NextVisibleTime', { json: timestamp(message.nextVisibleOn) });
  if (message.popReceipt !== undefined) metadata.set('PopReceipt', { string: message.popReceipt });

  if (text !== undefined && dataType === 'string') {
    const names = new Map([...metadata.keys()].map((name) => [name.toLowerCase(), name]));
    for (const [name, value] of payloadProperties(text)) {
      const known = names.get(name.toLowerCase()) ?? name;
      names.set(name.toLowerCase(), known);
      metadata.set(known, value);
    }
  }
  return Object.fromEntries(metadata);
}

/** As .NET formats a DateTimeOffset. */
function timestamp(date: Date): string {
  return JSON.stringify(date.toISOString().replace('.000Z', '+00:00').replace('Z', '+00:00'));
}

import type { ExternalGroup } from './external-group.ts';

/** Bytes of a group's JSON, at HTTP and on the queue: with an envelope, in base64, it must fit a message of 64 KiB. */
export const maxGroupBytes = 32 * 1024;

export function isTooLarge(group: ExternalGroup): boolean {
  return Buffer.byteLength(JSON.stringify(group), 'utf8') > maxGroupBytes;
}

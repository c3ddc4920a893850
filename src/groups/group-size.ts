import type { ExternalGroup } from './external-group.ts';

/** Maximum bytes of a group's JSON, over HTTP and on the queue: with an envelope, in base64, it must fit 64 KiB. */
export const maxGroupBytes = 32 * 1024;

export function isTooLarge(group: ExternalGroup): boolean {
  return Buffer.byteLength(JSON.stringify(group), 'utf8') > maxGroupBytes;
}

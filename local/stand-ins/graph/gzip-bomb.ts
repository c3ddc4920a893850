import { gzipSync } from 'node:zlib';

/**
 * A valid gzip stream of a JSON object with one string of `megabytes` MiB. A gzip stream may consist of several
 * members, so one packed MiB is repeated instead of packing all of them.
 */
export function gzipBomb(megabytes: number): Buffer {
  const mebibyte = gzipSync('a'.repeat(1_048_576));
  const members = Array.from({ length: megabytes }, () => mebibyte);
  return Buffer.concat([gzipSync('{"id":"'), ...members, gzipSync('"}')]);
}

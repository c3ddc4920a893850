import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AuthLevel } from './router.ts';

/**
 * Decides whether a request may call a function: the key in `x-functions-key`, else in `?code=`, compared in constant
 * time. Azure knows function, host and master keys; here one key stands for all of them.
 */
export function createKeyCheck(
  key: string,
): (level: AuthLevel, request: IncomingMessage, url: URL) => boolean {
  const expected = digest(key);
  return (level, request, url) => {
    if (level === 'anonymous') return true;
    const header = request.headers['x-functions-key'];
    const given = typeof header === 'string' ? header : url.searchParams.get('code');
    return given !== null && timingSafeEqual(digest(given), expected);
  };
}

/** Digests have one length, which `timingSafeEqual` needs and which hides the key's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AuthLevel } from './router.ts';

export interface Keys {
  /** Stands for Azure's function and host keys: opens functions of the level `function`. */
  readonly function: string;
  /** Azure's `_master`: opens these and those of the level `admin`. */
  readonly master: string;
}

/**
 * Decides whether a request may call a function: the key in `x-functions-key`, else in `?code=`, compared in constant
 * time.
 */
export function createKeyCheck(
  keys: Keys,
): (level: AuthLevel, request: IncomingMessage, url: URL) => boolean {
  const expected = { function: digest(keys.function), master: digest(keys.master) };
  return (level, request, url) => {
    if (level === 'anonymous') return true;
    const header = request.headers['x-functions-key'];
    const given = typeof header === 'string' ? header : url.searchParams.get('code');
    if (given === null) return false;
    const sent = digest(given);
    const isMaster = timingSafeEqual(sent, expected.master);
    const isFunction = timingSafeEqual(sent, expected.function);
    return isMaster || (level === 'function' && isFunction);
  };
}

/** Digests have one length, which `timingSafeEqual` needs and which hides the key's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

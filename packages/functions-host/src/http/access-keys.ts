import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AuthLevel } from './router.ts';

export interface AccessKeys {
  /** Grants everything, including the admin API. */
  master: string;
  /** Grants every function of level `function`. */
  host: string;
  /** By function name: each grants that function only. */
  functions: Readonly<Record<string, readonly string[]>>;
}

/** What a request's key grants for a function, or for the admin API if no function is named. */
export type ReadGrantedLevel = (request: IncomingMessage, url: URL, functionName?: string) => AuthLevel;

/**
 * Reads the key from `x-functions-key`, else from `?code=` (AuthenticationLevelHandler.cs of azure-functions-host), and
 * looks it up in the order of SecretManager.GetAuthorizationLevelAsync: master key, host keys, keys of the function.
 * Keys are compared in constant time. System keys, which extensions use, are not implemented.
 */
export function createKeyReader(keys: AccessKeys): ReadGrantedLevel {
  const master = digest(keys.master);
  const host = digest(keys.host);
  const own = new Map(
    Object.entries(keys.functions).map(([name, values]) => [name.toLowerCase(), values.map(digest)]),
  );
  return (request, url, functionName) => {
    const header = request.headers['x-functions-key'];
    const given = typeof header === 'string' ? header : url.searchParams.get('code');
    if (given === null || given === '') return 'anonymous';
    const candidate = digest(given);
    if (timingSafeEqual(candidate, master)) return 'admin';
    const granting = [host, ...(own.get(functionName?.toLowerCase() ?? '') ?? [])];
    return granting.some((key) => timingSafeEqual(candidate, key)) ? 'function' : 'anonymous';
  };
}

/** The master key grants every level, any other only its own (AuthUtility.PrincipalHasAuthLevelClaim). */
export function isGranted(required: AuthLevel, granted: AuthLevel): boolean {
  return required === 'anonymous' || granted === 'admin' || granted === required;
}

/**
 * Reads `name=key,name=key`, the format of FUNCTIONS_HOST_FUNCTION_KEYS; a function named twice has two keys. The error
 * does not repeat the text, because it contains keys.
 */
export function parseFunctionKeys(text: string): AccessKeys['functions'] {
  const keys: Record<string, string[]> = {};
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [, name, key] = /^([\w-]+)=(.+)$/.exec(entry) ?? [];
    if (name === undefined || key === undefined) {
      throw new Error('FUNCTIONS_HOST_FUNCTION_KEYS must be "function=key", several separated by commas.');
    }
    keys[name] = [...(keys[name] ?? []), key];
  }
  return keys;
}

/** Digests have the same length, which `timingSafeEqual` needs and which hides the key's length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a value that a caller gave is one of the secrets, in a time that depends on neither: hashes are compared, which
 * are of one length, and all of them.
 */
export function isOneOf(given: string | null, secrets: readonly string[]): boolean {
  const hashed = hashOf(given ?? '');
  let isEqual = false;
  for (const secret of secrets) isEqual = timingSafeEqual(hashed, hashOf(secret)) || isEqual;
  return isEqual && given !== null && given !== '';
}

function hashOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

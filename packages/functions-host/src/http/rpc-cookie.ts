import type { RpcHttpCookie } from '../core-types.ts';

const SAME_SITE = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' } as const;

/** A `Set-Cookie` value for a cookie as the library passes it to the host. */
export function serializeRpcCookie(cookie: RpcHttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`];
  const { domain, path, expires, maxAge, secure, httpOnly, sameSite } = cookie;
  if (maxAge?.value !== undefined) parts.push(`Max-Age=${maxAge.value}`);
  if (domain?.value) parts.push(`Domain=${domain.value}`);
  if (path?.value) parts.push(`Path=${path.value}`);
  if (expires?.value?.seconds !== undefined) {
    parts.push(`Expires=${new Date(expires.value.seconds * 1000).toUTCString()}`);
  }
  if (httpOnly?.value === true) parts.push('HttpOnly');
  if (secure?.value === true) parts.push('Secure');
  if (sameSite !== undefined && sameSite !== 'none') parts.push(`SameSite=${SAME_SITE[sameSite]}`);
  return parts.join('; ');
}

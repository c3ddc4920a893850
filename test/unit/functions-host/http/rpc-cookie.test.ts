import { expect, it } from 'vitest';
import { serializeRpcCookie } from '../../../../packages/functions-host/src/http/rpc-cookie.ts';

it('writes a cookie with all its attributes', () => {
  const cookie = {
    name: 'session',
    value: 'a b;c',
    domain: { value: 'example.org' },
    path: { value: '/' },
    maxAge: { value: 60 },
    expires: { value: { seconds: 0 } },
    httpOnly: { value: true },
    secure: { value: true },
    sameSite: 'explicitNone' as const,
  };
  expect(serializeRpcCookie(cookie)).toBe(
    'session=a%20b%3Bc; Max-Age=60; Domain=example.org; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ' +
      'HttpOnly; Secure; SameSite=None',
  );
});

it('leaves out what is not set', () => {
  expect(serializeRpcCookie({ name: 'a', value: '1', sameSite: 'none' })).toBe('a=1');
});

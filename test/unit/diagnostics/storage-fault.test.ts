import { describe, expect, it } from 'vitest';
import { describeStorageFault } from '../../../src/diagnostics/storage-fault.ts';
import { type RequestFault, readRequestFault } from '../../../src/shared/request-fault.ts';

const account = 'contosostore';
const identity = { clientId: '11111111-2222-4333-8444-555555555555' };

const refused = (status: number, code: string | null = null): RequestFault => ({
  kind: 'refused',
  status,
  code,
});

describe('a fault of storage', () => {
  it.each<[string, RequestFault, RegExp]>([
    [
      'no role',
      refused(403, 'AuthorizationPermissionMismatch'),
      /az role assignment create --role "Storage Queue Data Contributor" .*11111111-.*--name contosostore/,
    ],
    ['a firewall', refused(403, 'AuthorizationFailure'), /firewall/],
    ['keys switched off', refused(403, 'KeyBasedAuthenticationNotPermitted'), /__credential=managedidentity/],
    ['a token of another tenant', refused(401, 'InvalidAuthenticationInfo'), /az functionapp identity show/],
    ['no such account', refused(404), /right account/],
    ['overload', refused(503, 'ServerBusy'), /health/],
    ['throttling', refused(429), /health/],
    ['something unheard of', refused(418), /storage documentation/],
    ['no such name', { kind: 'unreachable', code: 'ENOTFOUND' }, /DNS zone/],
    ['silence', { kind: 'silent' }, /firewall/],
    ['no token', { kind: 'no-token' }, /Assign the identity 11111111-/],
    ['a page in its place', { kind: 'other', name: 'SyntaxError' }, /proxy/],
  ])('that means %s comes with its fix', (_what, fault, fix) => {
    expect(describeStorageFault(fault, { account, identity })).toMatchObject({
      status: 'failed',
      fix: expect.stringMatching(fix),
    });
  });

  it('with a connection string is about the key', () => {
    const told = (code: string) => describeStorageFault(refused(403, code), { account, identity: null }).fix;
    expect(told('AuthenticationFailed')).toMatch(
      /current key .*az storage account keys list --account-name contosostore/,
    );
    expect(told('AuthorizationPermissionMismatch')).toMatch(/signature or key/);
  });

  it('of a table names the role for tables', () => {
    const { fix } = describeStorageFault(refused(403), {
      account,
      identity: { clientId: null },
      service: 'table',
    });
    expect(fix).toMatch(/"Storage Table Data Contributor" .*system-assigned identity/);
  });
});

describe('reading a fault', () => {
  const withCause = (cause: unknown) => new TypeError('fetch failed', { cause });
  const error = (more: object, name = 'RestError') =>
    Object.assign(new Error('AccountKey=sesame'), { name, ...more });

  it.each<[unknown, RequestFault]>([
    [error({ statusCode: 403, code: 'AuthorizationFailure' }), refused(403, 'AuthorizationFailure')],
    [
      error({ statusCode: 404, details: { odataError: { code: 'TableNotFound' } } }),
      refused(404, 'TableNotFound'),
    ],
    [
      error({ statusCode: 403, details: { errorCode: 'AuthenticationFailed' } }),
      refused(403, 'AuthenticationFailed'),
    ],
    [error({ statusCode: 403, code: 'key=sesame' }), refused(403)],
    [withCause(error({ code: 'ECONNREFUSED' }, 'Error')), { kind: 'unreachable', code: 'ECONNREFUSED' }],
    [error({ code: 'ENOTFOUND' }), { kind: 'unreachable', code: 'ENOTFOUND' }],
    [
      withCause(error({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })),
      { kind: 'unreachable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [new DOMException('late', 'TimeoutError'), { kind: 'silent' }],
    [error({}, 'AbortError'), { kind: 'silent' }],
    [error({}, 'CredentialUnavailableError'), { kind: 'no-token' }],
    [new Error('the identity endpoint did not answer within 10000 ms'), { kind: 'no-token' }],
    [error({}, 'SyntaxError'), { kind: 'other', name: 'SyntaxError' }],
    ['AccountKey=sesame', { kind: 'other', name: 'string' }],
    [null, { kind: 'other', name: 'object' }],
  ])('%s', (thrown, fault) => {
    expect(readRequestFault(thrown)).toEqual(fault);
  });

  it('does not follow causes forever', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(readRequestFault(loop)).toEqual({ kind: 'other', name: 'Error' });
  });
});

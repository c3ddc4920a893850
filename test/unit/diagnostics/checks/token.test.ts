import { describe, expect, it } from 'vitest';
import { tokenChecks } from '../../../../src/diagnostics/checks/token.ts';
import { readTokenClaims, type TokenClaims } from '../../../../src/graph/token-claims.ts';

const now = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;
const good: TokenClaims = {
  clientId: 'client',
  objectId: 'object',
  tenantId: 'tenant',
  roles: ['ExternalItem.ReadWrite.OwnedBy'],
  issuedAt: now - hour,
  expiresAt: now + 23 * hour,
};

async function find(id: string, claims: () => Promise<TokenClaims | null>, clientId: string | null = null) {
  const checks = tokenChecks({ claims, clientId, kind: 'managed-identity', now: () => now });
  return checks.find((check) => check.id === id)?.look(new AbortController().signal);
}
const having = (more: Partial<TokenClaims>) => () => Promise.resolve({ ...good, ...more });

describe('the token for Graph', () => {
  it('is well', async () => {
    for (const id of ['token', 'token-role', 'token-age'])
      expect(await find(id, having({}))).toMatchObject({ status: 'passed' });
  });

  it.each([[[]], [['User.Read.All']]])(
    'without the role (%j) says how to grant it, and until when to wait',
    async (roles) => {
      expect(await find('token-role', having({ roles }))).toEqual({
        status: 'failed',
        seen: expect.stringContaining('issued 2026-11-25T11:00:00Z'),
        fix: expect.stringMatching(
          /external-groups grant --identity object .*wait until 2026-11-26T11:00:00Z.*new identity/,
        ),
      });
    },
  );

  it('of a person says to sign in as an app', async () => {
    const [, role] = tokenChecks({
      claims: having({ roles: [] }),
      clientId: null,
      kind: 'azure-cli',
      now: () => now,
    });
    expect(await role?.look(new AbortController().signal)).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('az login --service-principal'),
    });
  });

  it.each([
    ['is over', { expiresAt: now - 1 }],
    ['has not begun', { issuedAt: now + hour }],
  ])('that %s is about the clock', async (_what, more) => {
    expect(await find('token-age', having(more))).toMatchObject({
      status: 'failed',
      fix: 'Set the clock of this machine.',
    });
  });

  it('that shows no claims is not judged', async () => {
    for (const id of ['token-role', 'token-age'])
      expect(await find(id, () => Promise.resolve(null))).toMatchObject({ status: 'skipped' });
  });

  it('that cannot be had names the identity that is meant', async () => {
    const none = () => Promise.reject(new Error('secret words'));
    expect(await find('token', none, 'cccc')).toEqual({
      status: 'failed',
      seen: 'the identity endpoint gave none',
      fix: expect.stringContaining('the user-assigned identity cccc'),
    });
  });
});

describe('reading a token', () => {
  const token = (claims: unknown) =>
    ['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'signature'].join('.');

  it('takes what it knows and nothing else', () => {
    const claims = { appid: 'a', oid: 'o', tid: 't', roles: ['R.A', 5, 'free text'], iat: 1, secret: 'x' };
    expect(readTokenClaims(token(claims), 9)).toEqual({
      clientId: 'a',
      objectId: 'o',
      tenantId: 't',
      roles: ['R.A'],
      issuedAt: 1_000,
      expiresAt: 9,
    });
  });

  it.each(['', 'opaque', 'a.b.c', `e30.${Buffer.from('7').toString('base64url')}.s`, 'a.b.c.d'])(
    'finds none in %j',
    (text) => {
      expect(readTokenClaims(text, 9)).toBeNull();
    },
  );

  it('takes no text for an id', () => {
    expect(readTokenClaims(token({ appid: 'two words', oid: {}, roles: 'R', iat: 'soon' }), 9)).toEqual({
      clientId: null,
      objectId: null,
      tenantId: null,
      roles: [],
      issuedAt: null,
      expiresAt: 9,
    });
  });
});

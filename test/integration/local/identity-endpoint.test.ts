import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type IdentityEndpoint,
  startIdentityEndpoint,
} from '../../../local/stand-ins/identity/identity-endpoint.ts';
import { createTokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { send } from './send.ts';

const resource = 'https://graph.microsoft.com';
const scope = `${resource}/.default`;
const tokens = createTokenIssuer();
let identity: IdentityEndpoint;

beforeAll(async () => {
  identity = await startIdentityEndpoint({ tokens });
});
afterAll(() => identity.close());
beforeEach(() => {
  identity.reset();
  vi.stubEnv('IDENTITY_ENDPOINT', identity.url);
  vi.stubEnv('IDENTITY_HEADER', identity.header);
});
afterEach(() => vi.unstubAllEnvs());

const ask = (query = `api-version=2019-08-01&resource=${resource}`, header = identity.header) =>
  send(`${identity.url}?${query}`, { headers: { 'x-identity-header': header } });

describe('the Azure SDK', () => {
  test('gets a token that the Graph stand-in accepts', async () => {
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken(scope);
    expect(tokens.verify(token, [resource])).toMatchObject({
      ok: true,
      caller: { permissions: ['ExternalItem.ReadWrite.OwnedBy'] },
    });
    const hours = (expiresOnTimestamp - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThan(25);
  });

  test('names a user-assigned identity by its client id', async () => {
    const clientId = 'd3f1c2de-0000-4000-8000-000000000001';
    const { token } = await new ManagedIdentityCredential({ clientId }).getToken(scope);
    expect(tokens.verify(token, [resource])).toMatchObject({ caller: { clientId } });
  });

  test('is refused without the secret of this run', async () => {
    // A separate process: the SDK keeps the first endpoint and secret that it used.
    const program = `import { createRequire } from 'node:module';
      const { ManagedIdentityCredential } = createRequire(${JSON.stringify(import.meta.url)})('@azure/identity');
      await new ManagedIdentityCredential().getToken('${scope}').then(
        () => process.stdout.write('got a token'),
        (error) => process.stdout.write(error.name),
      );`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { IDENTITY_ENDPOINT: identity.url, IDENTITY_HEADER: 'wrong' },
    });
    expect(await text(child.stdout)).toMatch(/Error$/);
    expect(identity.counts()).toMatchObject({ issued: 0 });
    expect(identity.counts().refused).toBeGreaterThan(0);
  });
});

describe('by hand', () => {
  test('the answer has the documented members', async () => {
    const answer = await ask(`api-version=2019-08-01&resource=${resource}&client_id=abc`);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        expires_on: expect.stringMatching(/^\d{10}$/),
        resource,
        token_type: 'Bearer',
        client_id: 'abc',
      },
    ]);
  });

  test('no two tokens are equal', async () => {
    const both = await Promise.all([ask(), ask()]);
    expect(new Set(both.map(({ json }) => json.access_token)).size).toBe(2);
    expect(identity.counts()).toEqual({ calls: 2, issued: 2, refused: 0 });
  });

  test.each([
    ['a wrong secret', () => ask(undefined, 'wrong'), 401],
    ['no resource', () => ask('api-version=2019-08-01'), 400],
    ['another version', () => ask(`api-version=2017-09-01&resource=${resource}`), 400],
    ['another path', () => send(identity.url.replace('/msi/token', '/')), 404],
    ['another method', () => send(identity.url, { method: 'POST' }), 405],
  ])('%s is refused', async (_, call, status) => {
    expect((await call()).status).toBe(status);
    expect(identity.counts()).toMatchObject({ issued: 0, refused: 1 });
  });
});

describe('faults', () => {
  test('a status lasts as many calls as it was set for', async () => {
    identity.setFault({ kind: 'status', status: 429, retryAfter: '9', times: 1 });
    const first = await ask();
    expect([first.status, first.headers['retry-after']]).toEqual([429, '9']);
    expect((await ask()).status).toBe(200);
  });

  test('empty and garbage answers are a 200 without a token', async () => {
    identity.setFault({ kind: 'empty' });
    expect(await ask()).toMatchObject({ status: 200, text: '' });
    identity.setFault({ kind: 'garbage' });
    expect(await ask()).toMatchObject({ status: 200, json: {} });
  });

  test('a hanging call is never answered, a reset one is cut', async () => {
    identity.setFault({ kind: 'hang' });
    const signal = AbortSignal.timeout(150);
    const headers = { 'x-identity-header': identity.header };
    const url = `${identity.url}?api-version=2019-08-01&resource=${resource}`;
    await expect(send(url, { headers, signal })).rejects.toThrow(/abort/i);
    identity.setFault({ kind: 'reset' });
    await expect(ask()).rejects.toThrow(/hang up|ECONNRESET/);
  });

  test('a slow call is answered after its time', async () => {
    identity.setFault({ kind: 'slow', ms: 120 });
    const before = performance.now();
    expect((await ask()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(119);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Certificate, createCertificate } from '../../../local/stack/certificate.ts';
import { type GraphStandIn, startGraphStandIn } from '../../../local/stand-ins/graph/graph-stand-in.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { type Sent, send } from './send.ts';

const resource = 'https://graph.microsoft.com';
const marketing = {
  id: '31bea3d537902000',
  displayName: 'Contoso Marketing',
  description: 'The product marketing team',
};

let tls: Certificate;
let tokens: TokenIssuer;
let graph: GraphStandIn;

beforeAll(async () => {
  tls = await createCertificate();
  tokens = createTokenIssuer();
  graph = await startGraphStandIn({ tls, tokens, connections: ['sapHr'] });
});
afterAll(() => graph.close());
beforeEach(() => graph.reset());

function call(path: string, sent: Sent = {}) {
  const authorization = `Bearer ${tokens.issue(resource).token}`;
  return send(`${graph.url}/v1.0/external/connections/${path}`, {
    ...sent,
    ca: tls.cert,
    headers: { authorization, ...sent.headers },
  });
}
const create = (body: Sent['body'], connection = 'contosohr', headers: Sent['headers'] = {}) =>
  call(`${connection}/groups`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
const codeOf = (json: Readonly<Record<string, unknown>>) =>
  (json.error as { code?: string } | undefined)?.code;

describe('groups', () => {
  test('a created group is answered with 201 and can be read back', async () => {
    const created = await create(marketing);
    expect([created.status, created.json]).toEqual([
      201,
      {
        '@odata.context':
          "https://graph.microsoft.com/v1.0/$metadata#external/connections('contosohr')/groups/$entity",
        ...marketing,
      },
    ]);
    const read = await call(`contosohr/groups/${marketing.id}`);
    expect([read.status, read.json]).toEqual([200, created.json]);
  });

  test('what was not given is null', async () => {
    expect((await create({ id: 'a' })).json).toMatchObject({ id: 'a', displayName: null, description: null });
  });

  test('a second create with the same id conflicts and changes nothing', async () => {
    await create(marketing);
    const again = await create({ ...marketing, displayName: 'Other' });
    expect([again.status, codeOf(again.json)]).toEqual([409, 'NameAlreadyExists']);
    expect(graph.groups()).toEqual([{ connectionId: 'contosohr', ...marketing, members: [] }]);
  });

  test('the same id may exist in two connections', async () => {
    await create(marketing);
    expect((await create(marketing, 'saphr')).status).toBe(201);
  });

  test('connections are compared without case', async () => {
    await create(marketing, 'ContosoHR');
    expect((await call(`CONTOSOHR/groups/${marketing.id}`)).status).toBe(200);
  });

  test('an update changes what it names and keeps the rest', async () => {
    await create(marketing);
    const path = `contosohr/groups/${marketing.id}`;
    expect((await call(path, { method: 'PATCH', body: { description: null } })).status).toBe(204);
    expect((await call(path)).json).toMatchObject({ ...marketing, description: null });
  });

  test('a deleted group is gone', async () => {
    await create(marketing);
    const path = `contosohr/groups/${marketing.id}`;
    expect((await call(path, { method: 'DELETE' })).status).toBe(204);
    expect((await call(path)).status).toBe(404);
  });
});

describe('refusals', () => {
  test.each<[string, Sent['body'], number, string]>([
    ['no id', { displayName: 'x' }, 400, 'InvalidRequest'],
    ['an empty id', { id: '' }, 400, 'InvalidRequest'],
    ['an id of 129 characters', { id: 'a'.repeat(129) }, 400, 'InvalidRequest'],
    ['an id with a space', { id: 'a b' }, 400, 'InvalidRequest'],
    ['an id that is a number', { id: 1 }, 400, 'InvalidRequest'],
    ['a display name that is a number', { id: 'a', displayName: 1 }, 400, 'InvalidRequest'],
    ['an unknown property', { id: 'a', members: [] }, 400, 'InvalidRequest'],
    ['an @odata.type', { id: 'a', '@odata.type': '#x' }, 400, 'InvalidRequest'],
    ['an array', [{ id: 'a' }], 400, 'BadRequest'],
    [
      'a description over Graph’s 4 MB',
      { id: 'a', description: 'x'.repeat(5_000_000) },
      413,
      'RequestEntityTooLarge',
    ],
  ])('%s', async (_, body, status, code) => {
    const answer = await create(body);
    expect([answer.status, codeOf(answer.json)]).toEqual([status, code]);
    expect(graph.groups()).toEqual([]);
  });

  test.each([
    ['broken JSON', '{"id":', 'application/json', 400, 'BadRequest'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'BadRequest'],
    ['another media type', '{"id":"a"}', 'text/plain', 415, 'UnsupportedMediaType'],
  ])('%s', async (_, body, contentType, status, code) => {
    const answer = await create(body, 'contosohr', { 'content-type': contentType });
    expect([answer.status, codeOf(answer.json)]).toEqual([status, code]);
  });

  test('a missing content type', async () => {
    const answer = await create(Buffer.from('{"id":"a"}'));
    expect([answer.status, codeOf(answer.json)]).toEqual([400, 'BadRequest']);
  });

  test('an unknown connection', async () => {
    const answer = await create(marketing, 'nobody');
    expect([answer.status, codeOf(answer.json)]).toEqual([404, 'ResourceNotFound']);
  });

  test('an unknown path and an unsupported method', async () => {
    expect((await call('contosohr/items/1')).status).toBe(400);
    const put = await call('contosohr/groups/a', { method: 'PUT', body: { id: 'a' } });
    expect([put.status, put.headers.allow]).toEqual([405, 'GET, PATCH, DELETE']);
  });

  test('an error has Graph’s format and headers', async () => {
    const answer = await create(marketing, 'nobody', { 'client-request-id': 'caller-1' });
    expect(answer.json).toEqual({
      error: {
        code: 'ResourceNotFound',
        message: expect.any(String),
        innerError: {
          date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          'request-id': answer.headers['request-id'],
          'client-request-id': 'caller-1',
        },
      },
    });
    expect(answer.headers).toMatchObject({
      'client-request-id': 'caller-1',
      'x-ms-ags-diagnostic': expect.stringContaining('ServerInfo'),
    });
  });
});

describe('tokens', () => {
  const withToken = (authorization: string) => create(marketing, 'contosohr', { authorization });

  test.each([
    ['none', () => ''],
    ['one of another issuer', () => `Bearer ${createTokenIssuer().issue(resource).token}`],
    ['one for another resource', () => `Bearer ${tokens.issue('https://storage.azure.com').token}`],
    ['one that was tampered with', () => `Bearer ${tokens.issue(resource).token.replace(/\.(.)/, '.X$1')}`],
    ['one in another scheme', () => `Basic ${tokens.issue(resource).token}`],
  ])('401 for %s', async (_, authorization) => {
    const answer = await withToken(authorization());
    expect([answer.status, codeOf(answer.json)]).toEqual([401, 'InvalidAuthenticationToken']);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(graph.calls()[0]).toMatchObject({ tokenAccepted: false, status: 401 });
  });

  test('403 for one without the role', async () => {
    const poor = createTokenIssuer({ roles: ['User.Read.All'] });
    const other = await startGraphStandIn({ tls, tokens: poor });
    const answer = await send(`${other.url}/v1.0/external/connections/contosohr/groups`, {
      method: 'POST',
      body: marketing,
      ca: tls.cert,
      headers: { authorization: `Bearer ${poor.issue(resource).token}` },
    });
    await other.close();
    expect([answer.status, codeOf(answer.json)]).toEqual([403, 'Forbidden']);
  });

  test('401 for one past its time', async () => {
    let now = Date.now();
    const clocked = createTokenIssuer({ now: () => now, lifetimeSeconds: 3600 });
    const { token } = clocked.issue(resource);
    expect(clocked.verify(token, [resource]).ok).toBe(true);
    now += 3_600_000;
    expect(clocked.verify(token, [resource])).toMatchObject({
      ok: false,
      reason: expect.stringContaining('expired'),
    });
  });

  test('tokens expired on command are refused, newer ones are not', async () => {
    const old = `Bearer ${tokens.issue(resource).token}`;
    expect((await withToken(old)).status).toBe(201);
    graph.expireTokens();
    expect((await withToken(old)).status).toBe(401);
    expect((await create({ id: 'b' })).status).toBe(201);
  });

  test('a role denied on command answers 403 until it is granted again', async () => {
    graph.denyRole(true);
    expect((await create(marketing)).status).toBe(403);
    graph.denyRole(false);
    expect((await create(marketing)).status).toBe(201);
  });
});

describe('the log', () => {
  test('says of each call who sent what, over what', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await create(marketing, 'contosohr', { traceparent, 'client-request-id': 'c1' });
    expect(graph.calls()).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/v1.0/external/connections/contosohr/groups',
        host: `localhost:${graph.port}`,
        connectionId: 'contosohr',
        groupId: marketing.id,
        status: 201,
        committed: true,
        tokenAccepted: true,
        contentTypeAccepted: true,
        clientRequestId: 'c1',
        traceparent,
        tls: 'TLSv1.3',
        inFlight: 1,
        time: expect.stringMatching(/Z$/),
      }),
    ]);
  });

  test('never holds a token', async () => {
    await create(marketing);
    expect(JSON.stringify(graph.calls())).not.toContain('eyJ');
  });

  test('keeps the newest calls only, and counts all', async () => {
    const small = await startGraphStandIn({ tls, tokens, logCapacity: 2 });
    for (const path of ['/1', '/2', '/3']) await send(`${small.url}${path}`, { ca: tls.cert });
    await small.close();
    expect(small.calls().map(({ path }) => path)).toEqual(['/2', '/3']);
    expect(small.calls(2).map(({ seq }) => seq)).toEqual([3]);
    expect(small.counters()).toMatchObject({ requests: 3, tokensRefused: 3 });
  });
});

test('any well-formed connection is known if that is asked for', async () => {
  const open = await startGraphStandIn({ tls, tokens, anyConnection: true });
  const authorization = `Bearer ${tokens.issue(resource).token}`;
  const status = async (connection: string) =>
    (
      await send(`${open.url}/v1.0/external/connections/${connection}/groups/x`, {
        ca: tls.cert,
        headers: { authorization },
      })
    ).json.error;
  expect(await status('tenant1')).toMatchObject({ message: expect.stringContaining('group') });
  expect(await status('a-b')).toMatchObject({ message: expect.stringContaining('connection') });
  await open.close();
});

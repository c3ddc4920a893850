import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ControlEndpoint, startControlEndpoint } from '../../../local/control/control-endpoint.ts';
import { type Certificate, createCertificate } from '../../../local/stack/certificate.ts';
import { type GraphStandIn, startGraphStandIn } from '../../../local/stand-ins/graph/graph-stand-in.ts';
import {
  type IdentityEndpoint,
  startIdentityEndpoint,
} from '../../../local/stand-ins/identity/identity-endpoint.ts';
import { createTokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { startTelemetrySink, type TelemetrySink } from '../../../local/stand-ins/telemetry/telemetry-sink.ts';
import { send } from './send.ts';

const tokens = createTokenIssuer();
let tls: Certificate;
let graph: GraphStandIn;
let identity: IdentityEndpoint;
let telemetry: TelemetrySink;
let control: ControlEndpoint;

beforeAll(async () => {
  tls = await createCertificate();
  graph = await startGraphStandIn({ tls, tokens });
  identity = await startIdentityEndpoint({ tokens });
  telemetry = await startTelemetrySink({ tls });
  control = await startControlEndpoint({ graph, identity, telemetry });
});
afterAll(() => Promise.all([graph, identity, telemetry, control].map((part) => part.close())));
beforeEach(async () => {
  await send(`${control.url}/reset`, { method: 'POST' });
});

const put = (path: string, body: unknown) =>
  send(`${control.url}${path}`, { method: 'PUT', body: JSON.stringify(body) });
const get = (path: string) => send(`${control.url}${path}`);
const create = (id: string) =>
  send(`${graph.url}/v1.0/external/connections/contosohr/groups`, {
    method: 'POST',
    body: { id },
    ca: tls.cert,
    headers: { authorization: `Bearer ${tokens.issue('https://graph.microsoft.com').token}` },
  });
const add = (groupId: string, member: object) =>
  send(`${graph.url}/v1.0/external/connections/contosohr/groups/${groupId}/members`, {
    method: 'POST',
    body: member,
    ca: tls.cert,
    headers: { authorization: `Bearer ${tokens.issue('https://graph.microsoft.com').token}` },
  });
const askIdentity = () =>
  send(`${identity.url}?api-version=2019-08-01&resource=x`, {
    headers: { 'x-identity-header': identity.header },
  });

test('explains itself, and every route that it names exists', async () => {
  const help = (await get('/')).text;
  const routes = [...help.matchAll(/^ {2}(GET|PUT|DELETE|POST) +(\/\S*)/gm)];
  expect(routes.length).toBeGreaterThan(9);
  for (const [, method = '', path = ''] of routes) {
    expect([path, (await send(`${control.url}${path}`, { method })).status]).not.toEqual([path, 404]);
  }
});

test('makes Graph throttle, and behave again', async () => {
  const rule = { match: { method: 'POST' }, fault: { kind: 'throttle', retryAfter: '5' } };
  expect(await put('/faults', rule)).toMatchObject({ status: 200, json: { rules: [rule] } });
  expect((await create('a')).status).toBe(429);
  expect((await send(`${control.url}/faults`, { method: 'DELETE' })).status).toBe(200);
  expect((await create('a')).status).toBe(201);
});

test('shows members, hides a group and carries out late writes', async () => {
  await create('a');
  const member = { id: '0f8fad5b-d9cb-469f-a165-70867728950e', type: 'user' };
  await put('/faults', {
    match: { operation: 'add-member' },
    times: 1,
    fault: { kind: 'late', ms: 600_000, answer: 'reset' },
  });
  await add('a', member).catch(() => {});
  expect((await get('/writes/late')).json).toMatchObject([{ dueInMs: expect.any(Number) }]);
  expect((await send(`${control.url}/writes/land`, { method: 'POST' })).json).toEqual({ landed: 1 });
  expect((await get('/groups')).json).toMatchObject([{ id: 'a', members: [member] }]);
  expect((await put('/groups/hidden', { connectionId: 'contosohr', groupId: 'a' })).json).toEqual({
    hidden: true,
  });
  expect((await add('a', member)).status).toBe(404);
});

test('takes a list of rules and a pace', async () => {
  await put('/faults', [{ times: 1, fault: { kind: 'status', status: 500 } }]);
  await put('/pace', { maxInFlight: 0 });
  expect([(await create('a')).status, (await create('a')).status]).toEqual([500, 429]);
});

test('takes the role away and lets tokens expire', async () => {
  await put('/access', { denyRole: true });
  expect((await create('a')).status).toBe(403);
  await put('/access', { denyRole: false, expireTokens: true });
  expect((await create('a')).status).toBe(201);
});

test('makes the identity endpoint and the telemetry intake fail', async () => {
  await put('/identity', { kind: 'status', status: 500 });
  expect((await askIdentity()).status).toBe(500);
  await put('/identity', null);
  expect((await askIdentity()).status).toBe(200);
  await put('/telemetry', { kind: 'refuse', status: 503, times: 1 });
  const url = `https://localhost:${telemetry.port}/v2.1/track`;
  expect((await send(url, { method: 'POST', ca: tls.cert, body: [] })).status).toBe(503);
});

test('tells what was seen', async () => {
  await create('a');
  await create('a');
  expect(JSON.parse((await get('/groups')).text)).toEqual([
    { connectionId: 'contosohr', id: 'a', displayName: null, description: null, members: [] },
  ]);
  const calls = JSON.parse((await get('/calls')).text) as { seq: number; status: number }[];
  expect(calls.map(({ status }) => status)).toEqual([201, 409]);
  expect(JSON.parse((await get(`/calls?since=${calls[0]?.seq}`)).text)).toEqual([calls[1]]);
  expect(JSON.parse((await get('/calls?limit=0')).text)).toEqual([]);
  expect((await get('/counters')).json).toMatchObject({
    graph: { created: 1, createsPerGroup: { 'contosohr/a': 1 } },
    identity: { calls: 0 },
    telemetry: { requests: 0 },
  });
});

test('finds telemetry by kind, name and content', async () => {
  const iKey = /InstrumentationKey=([^;]+)/.exec(telemetry.connectionString)?.[1];
  const item = (name: string) => ({
    name: 'x',
    time: new Date().toISOString(),
    iKey,
    data: { baseType: 'EventData', baseData: { ver: 2, name } },
  });
  const url = `https://localhost:${telemetry.port}/v2.1/track`;
  await send(url, { method: 'POST', ca: tls.cert, body: [item('One'), item('Two')] });
  const count = async (query: string) =>
    (JSON.parse((await get(`/telemetry/items?${query}`)).text) as []).length;
  expect(await count('')).toBe(2);
  expect(await count('name=One')).toBe(1);
  expect(await count('baseType=EventData&contains=Two')).toBe(1);
  expect(await count('baseType=RequestData')).toBe(0);
});

describe('bad input is answered with a sentence', () => {
  test.each<[string, unknown, RegExp]>([
    ['/faults', { fault: { kind: 'sulk' } }, /^rule 1\.fault\.kind must be one of throttle, status/],
    ['/faults', [{ fault: { kind: 'hang' } }, {}], /^rule 2\.fault is missing\.$/],
    ['/faults', { fault: { kind: 'slow' } }, /ms is missing/],
    ['/faults', { fault: { kind: 'status', status: 42 } }, /status must be an HTTP status/],
    ['/faults', { fault: { kind: 'hang' }, probability: 2 }, /probability must be a number from 0 to 1/],
    ['/faults', { fault: { kind: 'hang' }, often: true }, /may not have "often"/],
    ['/faults', { match: { verb: 'POST' }, fault: { kind: 'hang' } }, /may not have "verb"/],
    ['/faults', { fault: { kind: 'constructor' } }, /kind must be one of/],
    ['/faults', 3, /must be a JSON object/],
    ['/pace', { maxInFlight: -1 }, /maxInFlight must be a whole number/],
    ['/access', { denyRole: 'yes' }, /denyRole must be true or false/],
    ['/identity', { kind: 'throttle' }, /kind must be one of status, hang/],
    ['/telemetry', { kind: 'refuse' }, /status is missing/],
  ])('PUT %s %j', async (path, body, message) => {
    const answer = await put(path, body);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatch(message);
  });

  test('a body that is no JSON, a strange number, a path that is none', async () => {
    const broken = await send(`${control.url}/faults`, { method: 'PUT', body: '{' });
    expect([broken.status, broken.json.error]).toEqual([400, 'The body is not JSON.']);
    expect((await get('/calls?since=yesterday')).status).toBe(400);
    expect((await get('/nowhere')).status).toBe(404);
  });
});

import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Certificate, createCertificate } from '../../../local/stack/certificate.ts';
import type { GraphFault } from '../../../local/stand-ins/graph/faults.ts';
import { type GraphStandIn, startGraphStandIn } from '../../../local/stand-ins/graph/graph-stand-in.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { send } from './send.ts';

let tls: Certificate;
let tokens: TokenIssuer;
let graph: GraphStandIn;

beforeAll(async () => {
  tls = await createCertificate();
  tokens = createTokenIssuer();
  graph = await startGraphStandIn({ tls, tokens });
});
afterAll(() => graph.close());
beforeEach(() => graph.reset());

const headers = () => ({ authorization: `Bearer ${tokens.issue('https://graph.microsoft.com').token}` });
const groupsUrl = () => `${graph.url}/v1.0/external/connections/contosohr/groups`;
const create = (id: string, signal?: AbortSignal) =>
  send(groupsUrl(), {
    method: 'POST',
    body: { id },
    ca: tls.cert,
    headers: headers(),
    ...(signal === undefined ? {} : { signal }),
  });
const fail = (fault: GraphFault) => graph.setFaults([{ fault }]);
const ids = () => graph.groups().map(({ id }) => id);

describe('every fault', () => {
  const faults: GraphFault[] = [
    { kind: 'throttle' },
    { kind: 'status', status: 503 },
    { kind: 'reset' },
    { kind: 'redirect', location: 'https://localhost/elsewhere' },
    { kind: 'gzip-bomb', megabytes: 1 },
    { kind: 'truncate' },
  ];

  test.each(faults)('$kind writes nothing by itself, and the group with commit', async (fault) => {
    fail(fault);
    await create('a').catch(() => {});
    expect(ids()).toEqual([]);
    fail({ ...fault, commit: true });
    await create('a').catch(() => {});
    expect(ids()).toEqual(['a']);
    expect(graph.calls().map(({ fault, committed }) => [fault, committed])).toEqual([
      [fault.kind, false],
      [fault.kind, true],
    ]);
    expect(graph.counters()).toMatchObject({ created: 1, createsPerGroup: { 'contosohr/a': 1 } });
  });

  test('does not write for a caller without a good token, commit or not', async () => {
    fail({ kind: 'status', status: 504, commit: true });
    await send(groupsUrl(), { method: 'POST', body: { id: 'a' }, ca: tls.cert });
    expect(ids()).toEqual([]);
  });
});

describe('throttling', () => {
  test.each(['5', '2.128', 'Wed, 21 Oct 2026 07:28:00 GMT', ''])(
    'sends Retry-After as given: %j',
    async (retryAfter) => {
      fail({ kind: 'throttle', retryAfter });
      const answer = await create('a');
      expect([answer.status, answer.headers['retry-after']]).toEqual([429, retryAfter]);
    },
  );

  test('may send none', async () => {
    fail({ kind: 'throttle' });
    expect((await create('a')).headers).not.toHaveProperty('retry-after');
  });
});

describe('statuses', () => {
  test.each<[Partial<GraphFault & { kind: 'status' }>, RegExp]>([
    [{ body: 'html' }, /^<!DOCTYPE html>/],
    [{ body: 'empty' }, /^$/],
    [{ body: 'broken-json' }, /^\{"error".*[^}]$/],
    [{ body: 'text', message: 'busy' }, /^busy$/],
    [
      { code: 'Strange', message: 'm', innerError: 'none' },
      /^\{"error":\{"code":"Strange","message":"m"\}\}$/,
    ],
    [{ innerError: 'innererror' }, /"innererror":\{"date"/],
    [{ innerError: 'nested', innerCode: 'Deep' }, /"innerError":\{.*"innerError":\{"code":"Deep"/],
  ])('%j', async (more, body) => {
    fail({ kind: 'status', status: 500, headers: { 'retry-after': '7' }, ...more });
    const answer = await create('a');
    expect([answer.status, answer.headers['retry-after']]).toEqual([500, '7']);
    expect(answer.text).toMatch(body);
  });
});

describe('silence and cuts', () => {
  /** Requests a group, and aborts when the stand-in has the whole request. */
  async function createAndLeave(id: string): Promise<void> {
    const before = graph.calls().length;
    const leave = new AbortController();
    const created = expect(create(id, leave.signal)).rejects.toThrow(/abort/i);
    await expect.poll(() => graph.calls().length).toBe(before + 1);
    leave.abort();
    await created;
  }

  test('a hanging call is never answered', async () => {
    fail({ kind: 'hang' });
    await createAndLeave('a');
    expect(graph.calls()[0]).toMatchObject({ status: 'hang', fault: 'hang' });
  });

  test('closing the stand-in ends a hanging call', async () => {
    const other = await startGraphStandIn({ tls, tokens });
    other.setFaults([{ fault: { kind: 'hang' } }]);
    const hanging = expect(send(`${other.url}/`, { ca: tls.cert })).rejects.toThrow(/hang up|ECONNRESET/);
    await expect.poll(() => other.calls().length).toBe(1);
    await other.close();
    await hanging;
  });

  test('a reset is seen as a cut connection', async () => {
    fail({ kind: 'reset' });
    await expect(create('a')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(graph.calls()[0]?.status).toBe('reset');
  });

  test('a slow call is answered properly in the end', async () => {
    fail({ kind: 'slow', ms: 150 });
    const answer = await create('a');
    expect(answer.status).toBe(201);
    expect(graph.calls()[0]?.durationMs).toBeGreaterThanOrEqual(149);
  });

  test('a slow call whose caller leaves is never carried out, unless it was committed first', async () => {
    for (const commit of [false, true]) {
      fail({ kind: 'slow', ms: 60_000, commit });
      await createAndLeave(`commit-${commit}`);
    }
    await expect.poll(() => graph.calls().map(({ status }) => status)).toEqual(['left', 'left']);
    expect(ids()).toEqual(['commit-true']);
  });

  test('a truncated answer promises more than it holds', async () => {
    fail({ kind: 'truncate', commit: true });
    await expect(create('a')).rejects.toThrow(/aborted/);
  });
});

test('a redirect leads where it was told to', async () => {
  fail({ kind: 'redirect', location: 'https://localhost:1/x', status: 307 });
  const answer = await create('a');
  expect([answer.status, answer.headers.location]).toEqual([307, 'https://localhost:1/x']);
});

test('a gzip bomb is small on the wire, valid, and large unpacked', async () => {
  fail({ kind: 'gzip-bomb', megabytes: 16 });
  const packed = await new Promise<Buffer>((resolve, reject) => {
    const options = { ca: tls.cert, headers: headers(), agent: false } as const;
    request(`${groupsUrl()}/a`, options, (response) => buffer(response).then(resolve, reject)).end();
  });
  expect(packed.length).toBeLessThan(64 * 1024);
  expect(gunzipSync(packed).length).toBeGreaterThan(16 * 1024 * 1024);
});

describe('rules', () => {
  test('hit only what they match, ids without case', async () => {
    graph.setFaults([
      { match: { method: 'post', connectionId: 'ContosoHR', groupId: 'B' }, fault: { kind: 'throttle' } },
    ]);
    const statuses = [];
    for (const id of ['a', 'b', 'c']) statuses.push((await create(id)).status);
    expect(statuses).toEqual([201, 429, 201]);
  });

  test('are spent after so many times, then the next one is tried', async () => {
    graph.setFaults([
      { times: 2, fault: { kind: 'throttle' } },
      { times: 1, fault: { kind: 'status', status: 503 } },
    ]);
    const statuses = [];
    for (const id of ['a', 'b', 'c', 'd']) statuses.push((await create(id)).status);
    expect(statuses).toEqual([429, 429, 503, 201]);
  });
});

describe('pace', () => {
  test('more calls at a time than the ceiling are throttled, per connection', async () => {
    graph.setPace({ maxInFlight: 2, latencyMs: 800, retryAfter: '1' });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => create(id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 429, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('1');
    expect((await create('e')).status).toBe(201);
    expect(graph.counters().maxInFlight).toBeGreaterThanOrEqual(3);
  });
});

import { createServer } from 'node:https';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../local/stack/listen.ts';
import type { GraphFault } from '../../../local/stand-ins/graph/faults.ts';
import { type Client, example, startClient } from '../client.ts';
import { residentMemory } from '../resident-memory.ts';

describe('a Graph that misbehaves', () => {
  let client: Client;
  let elsewhere: Listening;
  const strays: (string | undefined)[] = [];
  beforeAll(async () => {
    client = await startClient();
    const { cert, key } = client.stack.certificate;
    const server = createServer({ cert, key }, (request, response) => {
      strays.push(request.headers.authorization);
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(example));
    });
    elsewhere = await listen(server);
  });
  afterAll(async () => {
    await client.close();
    await elsewhere.close();
  });
  beforeEach(() => client.stack.graph.reset());
  const onPost = (fault: GraphFault, groupId = example.id) =>
    client.stack.graph.setFaults([{ match: { method: 'POST', groupId }, times: 1, fault }]);

  it.each<[string, GraphFault]>([
    ['HTML', { kind: 'status', status: 201, body: 'html', commit: true }],
    ['plain text', { kind: 'status', status: 200, body: 'text', commit: true }],
    ['nothing', { kind: 'status', status: 201, body: 'empty', commit: true }],
    ['half a JSON', { kind: 'status', status: 201, body: 'broken-json', commit: true }],
    ['fewer bytes than promised', { kind: 'truncate', commit: true }],
    ['64 MiB of letters in a few kilobytes', { kind: 'gzip-bomb', megabytes: 64, commit: true }],
  ])('about a success, with %s, is asked again what is true', async (_what, fault) => {
    onPost(fault);
    const reply = await client.post(example);
    expect([reply.status, reply.body]).toEqual([201, example]);
    expect(client.stack.graph.calls().map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('with a gzip bomb of half a gigabyte costs no memory', async () => {
    onPost({ kind: 'gzip-bomb', megabytes: 512, commit: true });
    expect((await client.post(example)).status).toBe(201);
    expect(await residentMemory(client.stack.host?.pid ?? 0)).toBeLessThan(400);
  });

  it.each([301, 302, 303, 307, 308])('with a %s to another host gets no token there', async (status) => {
    // Of its own: what is deferred here is tried again during the tests that follow.
    const group = { ...example, id: `redirected${status}` };
    for (const method of ['POST', 'GET']) {
      const location = `https://localhost:${elsewhere.port}/v1.0/external/connections/contosohr/groups`;
      client.stack.graph.setFaults([{ match: { method }, fault: { kind: 'redirect', location, status } }]);
      if (method === 'GET') client.stack.graph.putGroup('contosohr', { ...group, description: 'another' });
      const reply = await client.post(group);
      expect([reply.status, reply.body.reason]).toEqual([202, 'unavailable']);
      client.stack.graph.reset();
    }
    expect(strays).toEqual([]);
  });

  it('with free text in place of a code or an id passes none of it on', async () => {
    const fault = {
      kind: 'status',
      status: 400,
      code: 'Bad <script>alert(1)</script>',
      body: 'odata',
    } as const;
    onPost(fault);
    const reply = await client.post(example);
    expect(reply.status).toBe(422);
    expect(JSON.stringify(reply.body)).not.toContain('script');
  });

  it.each([3_600_000, -3_600_000])(
    'about the time, its clock off by %i ms, is waited for as it meant',
    async (off) => {
      const group = { ...example, id: `clock${Math.abs(off)}${off < 0 ? 'behind' : 'ahead'}` };
      const theirs = Date.now() + off;
      const headers = {
        date: new Date(theirs).toUTCString(),
        'retry-after': new Date(theirs + 20_000).toUTCString(),
      };
      onPost({ kind: 'status', status: 429, headers }, group.id);
      const { status, body } = await client.post(group, { headers: { 'x-request-id': 'clock' } });
      expect([status, body.reason]).toEqual([202, 'throttled']);
      const wait = Date.parse(String(body.nextAttemptDateTime)) - Date.parse(String(body.createdDateTime));
      // Twenty seconds, up to a tenth of jitter, and the duration of the call: far less than the hour by which the clock is off.
      expect(wait).toBeGreaterThanOrEqual(20_000);
      expect(wait).toBeLessThanOrEqual(120_000);
    },
  );
});

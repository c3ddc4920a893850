import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityFault } from '../../../local/stand-ins/identity/identity-endpoint.ts';
import { type Client, example, startClient } from '../client.ts';

const faults: readonly IdentityFault[] = [
  { kind: 'hang' },
  { kind: 'garbage' },
  { kind: 'empty' },
  { kind: 'reset' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'status', status: 400 },
  { kind: 'slow', ms: 5_000 },
];

describe('an identity endpoint that fails', () => {
  let client: Client;
  beforeAll(async () => {
    client = await startClient({ env: { GRAPH_DEADLINE: 'PT2S' } });
  });
  afterAll(() => client.close());

  /** Requests one creation under each fault; each is kept, and nothing is sent to Graph without a token. */
  async function deferUnderEach(name: string): Promise<unknown[]> {
    const ids: unknown[] = [];
    for (const [index, fault] of faults.entries()) {
      client.stack.identity.setFault(fault);
      const group = { ...example, id: `${name}${index}` };
      const { status, body } = await client.post(group, { headers: { prefer: 'wait=1' } });
      expect([fault.kind, status, body.reason]).toEqual([fault.kind, 202, 'unavailable']);
      expect(body.error).toMatchObject({ type: 'urn:problem-type:graph-unavailable' });
      ids.push(body.id);
    }
    return ids;
  }

  it('from the start defers every creation, and all succeed when it is back', async () => {
    const ids = await deferUnderEach('cold');
    expect(client.stack.graph.calls()).toEqual([]);
    client.stack.identity.reset();
    for (const id of ids) expect(await client.settled(id)).toMatchObject({ status: 'succeeded' });
  });

  it('when a token must be replaced defers every creation, and all succeed when it is back', async () => {
    client.stack.graph.expireTokens();
    const ids = await deferUnderEach('warm');
    client.stack.identity.reset();
    for (const id of ids) expect(await client.settled(id)).toMatchObject({ status: 'succeeded' });
    expect(Object.values(client.stack.graph.counters().createsPerGroup)).toEqual(
      Array.from({ length: 2 * faults.length }, () => 1),
    );
  });

  it('slowly, but in time, is waited for', async () => {
    await client.stack.host?.stop();
    await client.stack.startHost({ GRAPH_DEADLINE: 'PT1M' });
    client.stack.identity.setFault({ kind: 'slow', ms: 100 });
    expect((await client.post({ ...example, id: 'slow' })).status).toBe(201);
  });

  it('passes none of its text on to the caller', async () => {
    client.stack.graph.expireTokens();
    client.stack.identity.setFault({ kind: 'garbage' });
    const { status, body } = await client.post({ ...example, id: 'words' });
    expect(status).toBe(202);
    expect(JSON.stringify(body)).not.toContain('no token here');
    client.stack.identity.reset();
  });
});

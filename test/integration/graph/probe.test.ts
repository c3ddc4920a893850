import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GraphClient, openGraphClient } from './graph-client.ts';

describe('the questions that change nothing', () => {
  let client: GraphClient;
  beforeAll(async () => {
    client = await openGraphClient();
  });
  afterAll(() => client.close());
  beforeEach(() => {
    client.graph.reset();
    client.identity.reset();
  });
  const soon = () => AbortSignal.timeout(60_000);

  it('go over TLS with a token, and are refused for what they ask alone', async () => {
    const probe = await client.newClient().probe();
    expect(await probe.claims(soon())).toMatchObject({ roles: expect.any(Array) });
    expect(await probe.readNoGroup('contosohr', soon())).toMatchObject({ status: 404 });
    expect(await probe.createNoGroup('contosohr', soon())).toMatchObject({ status: 400 });
    expect(await probe.createNoGroup('nobodys', soon())).toMatchObject({ status: 404 });
    expect(client.graph.groups()).toEqual([]);
    expect(client.graph.calls().every(({ tokenAccepted }) => tokenAccepted)).toBe(true);
  });

  it('take away what Graph should not have made', async () => {
    const probe = await client.newClient().probe();
    client.graph.setFaults([{ match: { method: 'POST' }, fault: { kind: 'status', status: 201 } }]);
    expect((await probe.createNoGroup('contosohr', soon())).status).toBe(201);
    const [made, removed] = client.graph.calls();
    expect([made?.method, removed?.method]).toEqual(['POST', 'DELETE']);
    expect(decodeURIComponent(removed?.path ?? '')).toMatch(/\/groups\/!{129}$/);
  });

  it('say what the role is missing for', async () => {
    const probe = await client.newClient().probe();
    client.graph.denyRole(true);
    expect(await probe.createNoGroup('contosohr', soon())).toMatchObject({ status: 403 });
  });

  it('reject if no answer comes', async () => {
    const probe = await client.newClient().probe();
    client.graph.setFaults([{ fault: { kind: 'reset' } }]);
    await expect(probe.readNoGroup('contosohr', soon())).rejects.toMatchObject({ step: 'sent' });
    client.graph.setFaults([{ fault: { kind: 'hang' } }]);
    await expect(probe.readNoGroup('contosohr', AbortSignal.timeout(100))).rejects.toMatchObject({
      cause: { name: 'TimeoutError' },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from './client.ts';

describe('keys', () => {
  let client: Client;
  beforeAll(async () => {
    const keys = 'list-members=reader-key,put-members=writer-key,patch-members=writer-key';
    client = await startClient({ env: { FUNCTIONS_HOST_FUNCTION_KEYS: keys } });
  });
  afterAll(() => client.close());

  const statusOf = async (method: string, key: string): Promise<number> => {
    const path = '/api/connections/contosohr/groups/31bea3d537902000/members';
    const headers = { 'x-functions-key': key, 'content-type': 'application/json' };
    const body = method === 'GET' ? null : '{"members":[]}';
    return (await fetch(`${client.stack.host?.url}${path}`, { method, headers, body })).status;
  };

  it.each([
    ['GET', 'writer-key'],
    ['PUT', 'reader-key'],
    ['PATCH', 'reader-key'],
  ])('for other members routes do not open %s', async (method, key) => {
    expect(await statusOf(method, key)).toBe(401);
  });

  it('for reading members, or for writing them, grant their own route', async () => {
    // Nobody has declared the group.
    expect(await statusOf('GET', 'reader-key')).toBe(404);
    expect(await statusOf('PATCH', 'writer-key')).not.toBe(401);
  });

  it('of the level function do not open the diagnostics', async () => {
    const ask = async (key: string) =>
      (await client.get('/api/diagnostics', { 'x-functions-key': key })).status;
    expect(await ask(client.stack.functionKey)).toBe(401);
    expect(await ask(client.stack.masterKey)).toBe(200);
  });
});

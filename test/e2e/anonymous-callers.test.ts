import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, startClient } from './client.ts';
import { callHostilely } from './hostile-callers.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

it('anonymous callers with long headers are served, those who leave at once hold no invocation', async () => {
  const { stack } = client;
  const hostile = await callHostilely(stack.host?.port ?? 0);
  expect(hostile).toEqual({ longHeaders: 200, controlCharacter: 200 });
  expect((await client.get('/api/health', {})).status).toBe(200);
  expect(await stack.host?.stop()).toEqual({ code: 0, signal: null });
  expect(stack.hostLines().join('\n')).not.toContain('still run');
});

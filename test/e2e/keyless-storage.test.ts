import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, example, startClient } from './client.ts';

describe('storage without a key, over TLS with the managed identity', () => {
  let client: Client;
  beforeAll(async () => {
    client = await startClient({ storageOauth: true, functionsHost: false, ownStorage: true });
    const { queue, table } = client.stack.azurite.endpoints;
    await client.stack.startHost({
      AzureWebJobsStorage: '',
      AzureWebJobsStorage__queueServiceUri: queue,
      AzureWebJobsStorage__tableServiceUri: table,
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: '11111111-2222-3333-4444-555555555555',
    });
  });
  afterAll(() => client.close());

  it('keeps a creation, processes it and shows it', async () => {
    const accepted = await client.post(example, { headers: { prefer: 'respond-async' } });
    expect(accepted.status).toBe(202);
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
    expect(client.stack.graph.groups()).toMatchObject([example]);
  });
});

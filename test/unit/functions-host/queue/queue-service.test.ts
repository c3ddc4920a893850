import { describe, expect, it } from 'vitest';
import { resolveQueueService } from '../../../../packages/functions-host/src/queue/queue-service.ts';

const uriOf = async (connection: string, env: Record<string, string>): Promise<string> =>
  (await resolveQueueService(connection, env))({}).url;

describe('a connection setting', () => {
  it('may be the development storage', async () => {
    const env = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
    expect(await uriOf('', env)).toBe('http://127.0.0.1:10001/devstoreaccount1');
    expect(await uriOf('AzureWebJobsStorage', env)).toBe('http://127.0.0.1:10001/devstoreaccount1');
    expect(await uriOf('Storage', env)).toBe('http://127.0.0.1:10001/devstoreaccount1');
  });

  it('may be in the identity form, in which an account name wins over a URI', async () => {
    const env = { C__credential: 'managedidentity', C__queueServiceUri: 'https://a.queue.example/' };
    expect(await uriOf('C', env)).toBe('https://a.queue.example/');
    expect(await uriOf('C', { ...env, C__accountName: 'b', C__clientId: 'id' })).toBe(
      'https://b.queue.core.windows.net',
    );
  });

  it('that is no connection string is not repeated in the message', async () => {
    const env = { C: 'AccountName=a;AccountKey=hush' };
    await expect(resolveQueueService('C', env)).rejects.toThrow('C is not a storage connection string.');
  });
});

import { QueueServiceClient } from '@azure/storage-queue';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Azurite } from '../../../local/stack/azurite.ts';
import { makeQueues, tryToMakeQueues } from '../../../src/storage/make-queues.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import { takeAccount } from '../../support/take-account.ts';

describe('making the queues', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await takeAccount();
  });
  const noCredential = () => Promise.reject(new Error('no credential is needed'));
  const setting = (connectionString: string) => ({ kind: 'connection-string', connectionString }) as const;

  it('makes all that the app uses, and leaves those alone that exist', async () => {
    const storage = setting(azurite.connectionString);
    await createQueueSender(storage, noCredential).send(queueNames.work, {}, { delay: 0, within: 10_000 });
    await makeQueues(storage, noCredential);
    await makeQueues(storage, noCredential);
    const service = QueueServiceClient.fromConnectionString(azurite.connectionString);
    const names: string[] = [];
    for await (const { name } of service.listQueues()) names.push(name);
    expect(names.sort()).toEqual(Object.values(queueNames).sort());
    const { approximateMessagesCount } = await service.getQueueClient(queueNames.work).getProperties();
    expect(approximateMessagesCount).toBe(1);
  });

  it('says so once if storage is gone, and is no crash', async () => {
    const gone = azurite.connectionString.replaceAll(String(azurite.ports.queue), '1');
    const lines: string[] = [];
    await tryToMakeQueues(setting(gone), noCredential, (line) => void lines.push(line));
    expect(lines).toEqual([expect.stringContaining('the queues of the app cannot be created yet: ')]);
  });
});

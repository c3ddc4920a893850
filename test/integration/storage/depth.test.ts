import { beforeAll, describe, expect, it } from 'vitest';
import type { Azurite } from '../../../local/stack/azurite.ts';
import { createReadDepths } from '../../../src/storage/queue-depth.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import { takeAccount } from '../../support/take-account.ts';

describe('the depth of the queues', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await takeAccount();
  });

  it('counts what is delayed too, and a queue that does not exist as empty', async () => {
    const storage = { kind: 'connection-string', connectionString: azurite.connectionString } as const;
    const noCredential = () => Promise.reject(new Error('no credential is needed'));
    const readDepths = createReadDepths(storage, noCredential);
    const send = createQueueSender(storage, noCredential).send;
    await send(queueNames.work, {}, { delay: 0, within: 10_000 });
    await send(queueNames.work, {}, { delay: 3_600, within: 10_000 });
    await send(queueNames.deadLetters, {}, { delay: 0, within: 10_000 });
    expect(await readDepths()).toEqual([
      { queue: 'work', depth: 2 },
      { queue: 'poison', depth: 0 },
      { queue: 'dead-letters', depth: 1 },
      { queue: 'changes', depth: 0 },
      { queue: 'changes-poison', depth: 0 },
      { queue: 'verifications', depth: 0 },
      { queue: 'verifications-poison', depth: 0 },
    ]);
  });

  it('cannot be read if storage is gone', async () => {
    const gone = azurite.connectionString.replaceAll(String(azurite.ports.queue), '1');
    const storage = { kind: 'connection-string', connectionString: gone } as const;
    await expect(createReadDepths(storage, () => Promise.reject(new Error('none')))()).rejects.toThrow();
  });
});

import { QueueServiceClient } from '@azure/storage-queue';
import { queueNames } from '../../src/storage/queues.ts';

export interface TestQueues {
  readonly send: (queue: keyof typeof queueNames, text: string) => Promise<void>;
  /** Base64 of the text, as a producer sends it. */
  readonly sendJson: (content: unknown) => Promise<void>;
  /** What lies on a queue, whether visible or not does not matter to the count; contents of the visible ones. */
  readonly count: (queue: keyof typeof queueNames) => Promise<number>;
  readonly deadLetters: () => Promise<Record<string, unknown>[]>;
  readonly clear: () => Promise<void>;
}

/** The queues as a producer and an operator see them, with the real SDK. */
export function openQueues(connectionString: string): TestQueues {
  const service = QueueServiceClient.fromConnectionString(connectionString);
  const client = (queue: keyof typeof queueNames) => service.getQueueClient(queueNames[queue]);
  const send = async (queue: keyof typeof queueNames, text: string) => {
    await client(queue).createIfNotExists();
    await client(queue).sendMessage(text);
  };
  return {
    send,
    sendJson: (content) => send('work', Buffer.from(JSON.stringify(content), 'utf8').toString('base64')),
    count: async (queue) => {
      await client(queue).createIfNotExists();
      return (await client(queue).getProperties()).approximateMessagesCount ?? 0;
    },
    deadLetters: async () => {
      await client('deadLetters').createIfNotExists();
      const { peekedMessageItems } = await client('deadLetters').peekMessages({ numberOfMessages: 32 });
      return peekedMessageItems.map(({ messageText }) =>
        JSON.parse(Buffer.from(messageText, 'base64').toString()),
      );
    },
    clear: async () => {
      for (const queue of Object.keys(queueNames) as (keyof typeof queueNames)[]) {
        await client(queue).createIfNotExists();
        await client(queue).clearMessages();
      }
    },
  };
}

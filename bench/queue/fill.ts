import { QueueClient } from '@azure/storage-queue';

/** Puts creations on a queue as a producer does, 16 at a time. */
export async function fill(storage: string, name: string, count: number, prefix: string): Promise<void> {
  const queue = new QueueClient(storage, name);
  await queue.createIfNotExists();
  let next = 0;
  const producer = async () => {
    for (let id = next++; id < count; id = next++) {
      const group = {
        id: `${prefix}${id}`,
        displayName: `Group ${id}`,
        description: 'Made to measure with.',
      };
      const message = JSON.stringify({ connectionId: 'contosohr', group });
      await queue.sendMessage(Buffer.from(message).toString('base64'));
    }
  };
  await Promise.all(Array.from({ length: 16 }, producer));
}

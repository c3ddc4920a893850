import type { QueueClient, QueueServiceClient } from '@azure/storage-queue';

const SUFFIX = '-poison';
const LONGEST_QUEUE_NAME = 63;

/**
 * The queue for messages that failed for good. Poison queues have none of their own, nor do queues whose name would get
 * too long (QueueListenerFactory.CreatePoisonQueueReference).
 */
export function poisonQueueOf(service: QueueServiceClient, queueName: string): QueueClient | undefined {
  const name = `${queueName}${SUFFIX}`;
  if (queueName.endsWith(SUFFIX) || name.length > LONGEST_QUEUE_NAME) return undefined;
  return service.getQueueClient(name);
}

/** Adds a message, with a new id and storage's default time to live of 7 days; creates the queue if it does not exist. */
export async function addToPoisonQueue(poison: QueueClient, messageText: string): Promise<void> {
  try {
    await poison.sendMessage(messageText);
  } catch (error) {
    if (!(error instanceof Error) || !('statusCode' in error) || error.statusCode !== 404) throw error;
    await poison.createIfNotExists();
    await poison.sendMessage(messageText);
  }
}

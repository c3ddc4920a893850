import { setTimeout as pause } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Stack } from '../../local/stack/stack.ts';
import type { ExternalGroup } from '../../src/groups/external-group.ts';
import { queueNames } from '../../src/storage/queues.ts';

export interface Creation {
  readonly connectionId: string;
  readonly group: ExternalGroup;
}

/** What the senders have seen so far. */
export interface Sent {
  accepted: number;
  /** Changes that are recorded, but answered with a failure: members of a group that is deleted wait for its next life. */
  waiting: number;
  /** Deliveries sent again because the connection broke, was refused or timed out. */
  broken: number;
  /** Deliveries sent again because of an answer other than 202, by status. */
  readonly refused: Record<string, number>;
}

export type Sender<T> = (what: T, sent: Sent, stop: AbortSignal) => Promise<void>;

/** A webhook's sender: repeats a delivery until it hears 202, as every real one does. */
export function httpSender(stack: Stack): Sender<Creation> {
  return async ({ connectionId, group }, sent, stop) => {
    while (!stop.aborted) {
      try {
        const response = await fetch(`${stack.host?.url}/api/connections/${connectionId}/groups`, {
          method: 'POST',
          headers: {
            'x-functions-key': stack.functionKey,
            'content-type': 'application/json',
            prefer: 'respond-async',
          },
          body: JSON.stringify(group),
          signal: AbortSignal.any([stop, AbortSignal.timeout(15_000)]),
        });
        await response.text();
        if (response.status === 202) {
          sent.accepted += 1;
          return;
        }
        sent.refused[response.status] = (sent.refused[response.status] ?? 0) + 1;
      } catch {
        sent.broken += 1;
      }
      await pause(200);
    }
  };
}

/** Another system that puts the minimal message on the queue. */
export function queueSender(stack: Stack): Sender<Creation> {
  const queue = QueueServiceClient.fromConnectionString(stack.azurite.connectionString).getQueueClient(
    queueNames.work,
  );
  const ready = queue.createIfNotExists();
  return async (creation, sent) => {
    await ready;
    await queue.sendMessage(Buffer.from(JSON.stringify(creation), 'utf8').toString('base64'));
    sent.accepted += 1;
  };
}

export interface SendingOptions<T> {
  readonly send: Sender<T>;
  readonly sent: Sent;
  /** Deliveries under way at a time. */
  readonly atOnce: number;
  /** False while enough is waiting already. */
  readonly hasRoom: () => boolean;
  readonly stop: AbortSignal;
}

/** Sends everything, a number of deliveries at a time. */
export async function sendAll<T>(all: readonly T[], options: SendingOptions<T>): Promise<void> {
  const { send, sent, atOnce, hasRoom, stop } = options;
  const rest = all[Symbol.iterator]();
  const lane = async () => {
    for (const one of rest) {
      while (!hasRoom() && !stop.aborted) await pause(100);
      if (stop.aborted) return;
      await send(one, sent, stop);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

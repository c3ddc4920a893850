import { setTimeout as delay } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { queueNames } from '../../src/storage/queues.ts';
import { fixed } from '../finding.ts';
import { openGraphWindow, rateOf } from './graph-window.ts';
import { type Declaring, type Part, shown } from './start-declaring.ts';

const latencyMs = 100;
/** Milliseconds by which a verification must have read all groups. */
const patience = 90_000;

/** A verification of all groups in Graph, from the first to the last of its calls. */
export async function measureVerification({ stack, proxy }: Declaring): Promise<Part> {
  const groups = stack.graph.groups().length;
  stack.graph.setPace({ maxInFlight: 25, latencyMs });
  const window = openGraphWindow(stack.graph);
  proxy.take();
  const queue = new QueueClient(stack.azurite.connectionString, queueNames.verifications);
  await queue.createIfNotExists();
  await queue.sendMessage(JSON.stringify({ connectionId: 'contosohr', partition: 0 }));
  const giveUp = performance.now() + patience;
  while (window.requests() < groups && performance.now() < giveUp) await delay(100);
  const calls = window.calls();
  const requests = proxy.take();
  const left = groups - calls.length;
  return {
    rows: [
      shown(
        `A verification of ${groups.toLocaleString('en')} groups`,
        `${fixed(rateOf(calls), 0)} groups a second, ${requests} table requests${left > 0 ? `; ${left} groups were left after ${patience / 1000} s` : ''}`,
      ),
    ],
    charts: [],
    detail: `The verification makes five calls at a time, of ${latencyMs} ms here.`,
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { queueNames } from '../../src/storage/queues.ts';
import { fixed } from '../finding.ts';
import { openGraphWindow, rateOf } from './graph-window.ts';
import { type Declaring, type Part, shown } from './start-declaring.ts';

const latencyMs = 100;
/** Milliseconds for which it is watched. */
const watched = 60_000;

/** A verification of all groups in Graph, as far as it comes in a minute. */
export async function measureVerification({ stack, proxy }: Declaring): Promise<Part> {
  const groups = stack.graph.groups().length;
  stack.graph.setPace({ maxInFlight: 25, latencyMs });
  const window = openGraphWindow(stack.graph);
  const reads = () => window.calls().filter(({ method }) => method === 'GET');
  proxy.take();
  const queue = new QueueClient(stack.azurite.connectionString, queueNames.verifications);
  await queue.createIfNotExists();
  await queue.sendMessage(JSON.stringify({ connectionId: 'contosohr', partition: 0 }));
  const giveUp = performance.now() + watched;
  while (reads().length < groups && performance.now() < giveUp) await delay(1_000);
  const calls = reads();
  const requests = proxy.take();
  return {
    rows: [
      shown(
        `A verification, ${calls.length.toLocaleString('en')} of ${groups.toLocaleString('en')} groups`,
        `${fixed(rateOf(calls), 0)} groups a second, ${requests} table requests`,
      ),
    ],
    charts: [],
    detail: `The verification makes five calls at a time, of ${latencyMs} ms here, and was watched for ${watched / 1000} s.`,
  };
}

import { startStack } from '../local/stack/stack.ts';
import { fourConnections } from './load/load.ts';
import { countingFlags, startWorker } from './worker/start-worker.ts';

/**
 * Bytes that a warm worker allocates for one create, from the host's message with the request to the response. Counted, so
 * that the result is the same on any machine; without telemetry, which works outside the path of a create at any time.
 */
export async function countAllocation(): Promise<number> {
  const stack = await startStack({ functionsHost: false, graph: { connections: fourConnections } });
  const env = { ...stack.env, APPLICATIONINSIGHTS_CONNECTION_STRING: '' };
  const worker = await startWorker('ours', env, countingFlags);
  try {
    await worker.allocate(300, 'warm');
    const rounds = [await worker.allocate(300, 'a'), await worker.allocate(300, 'b')];
    return Math.round(Math.min(...rounds));
  } finally {
    await worker.stop();
    await stack.close();
  }
}

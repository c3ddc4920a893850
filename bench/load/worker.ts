import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { LoadOptions, LoadResult } from './load.ts';

/** A closed loop: a fixed number of requests in flight at any time, each with its own group. */
async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const {
    url,
    key,
    connections,
    inFlight,
    seconds,
    most = Number.POSITIVE_INFINITY,
    prefix,
    spreadMs = 0,
  } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const targets = connections.map((connection) => new URL(`/api/connections/${connection}/groups`, url));
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  let sent = 0;

  function send(): Promise<number> {
    sent += 1;
    const target = targets[sent % targets.length] ?? url;
    const body = JSON.stringify({
      id: `${prefix}${sent}`,
      displayName: `Group ${prefix}${sent}`,
      description:
        'A group made to measure with, of a length that is usual: the team of a plant’s late shift.',
    });
    const headers = {
      'x-functions-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const asked = request(target, { method: 'POST', agent, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      asked.once('error', reject).end(body);
    });
  }

  async function caller(_: unknown, index: number): Promise<void> {
    await delay((spreadMs * index) / inFlight);
    while (sent < most && performance.now() < end) {
      const at = performance.now();
      const status = await send().catch(() => 0);
      latencies.push(performance.now() - at);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller));
  agent.destroy();
  return {
    latencies: Float64Array.from(latencies),
    statuses,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

parentPort?.postMessage(await runLoad(workerData as LoadOptions));

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** One connection, at whose limit the app's limiter is active. */
export const oneConnection = ['contosohr'];

/**
 * Four, for the figures that are not about the limiter: the app keeps each connection to the 25 concurrent calls that
 * Graph documents, so 50 on one connection would wait for their turn and not for the app.
 */
export const fourConnections = ['bench0', 'bench1', 'bench2', 'bench3'];

export interface LoadOptions {
  readonly url: string;
  readonly key: string;
  /** The groups of these connections in turn. */
  readonly connections: readonly string[];
  /** Requests in flight at any time. */
  readonly inFlight: number;
  readonly seconds: number;
  /** Total number of requests, if limited. */
  readonly most?: number;
  /** Milliseconds over which the callers start, so that they are not in lockstep; absent: all at once. */
  readonly spreadMs?: number;
  /** Prefix of every group's id: letters and digits. */
  readonly prefix: string;
}

export interface LoadResult {
  /** Milliseconds of each request. */
  readonly latencies: Float64Array;
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Generates load in a separate thread, next to the stand-ins of this process. */
export async function drive(options: LoadOptions): Promise<LoadResult> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: options });
  const [result] = (await Promise.race([
    once(worker, 'message'),
    once(worker, 'error').then(([error]) => Promise.reject(error)),
  ])) as [LoadResult];
  await worker.terminate();
  return result;
}

/** Requests per second that ended with this status. */
export function rateOf({ statuses, seconds }: LoadResult, status: number): number {
  return (statuses[status] ?? 0) / seconds;
}

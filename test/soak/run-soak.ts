import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../local/stack/random.ts';
import { type StackOptions, startStack } from '../../local/stack/stack.ts';
import { findInspector, inspectable, openInspector, type RuntimeSample } from './inspector.ts';
import { startLoad } from './load.ts';
import { type ProcessSample, sampleProcess } from './process-sample.ts';

export interface SoakSample extends ProcessSample, RuntimeSample {
  /** Seconds since the load began. */
  readonly at: number;
  readonly answers: number;
  readonly unanswered: number;
  /** Responses of 500 and above. */
  readonly failures: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
}

export interface SoakOptions {
  readonly minutes: number;
  /** Requests a second. */
  readonly rate: number;
  /** Seconds between two samples. */
  readonly every: number;
  readonly say: (line: string) => void;
  readonly stack?: StackOptions;
}

/** Puts a steady load on the host, with one Graph call in a hundred failing, and samples its process meanwhile. */
export async function runSoak({
  minutes,
  rate,
  every,
  say,
  stack: options,
}: SoakOptions): Promise<SoakSample[]> {
  let address: string | null = null;
  const stack = await startStack({
    ...options,
    env: { ...inspectable, ...options?.env },
    graph: { logCapacity: 1_000, pace: { latencyMs: 20 } },
    onHostLine: (line) => {
      address ??= findInspector(line);
    },
  });
  try {
    const { host } = stack;
    if (address === null || host === undefined) throw new Error('the host cannot be inspected');
    const inspector = await openInspector(address);
    stack.graph.setFaults([
      { probability: 0.005, fault: { kind: 'throttle', retryAfter: '1' } },
      { probability: 0.005, fault: { kind: 'status', status: 503 } },
    ]);
    const load = startLoad(stack, rate, createRandom(1));
    const startedAt = performance.now();
    const samples: SoakSample[] = [];
    while (performance.now() - startedAt < minutes * 60_000) {
      await pause(every * 1000);
      const { latencies, statuses } = load.take();
      const sorted = latencies.toSorted((a, b) => a - b);
      const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      const failures = Object.entries(statuses).filter(([status]) => Number(status) >= 500);
      const sample: SoakSample = {
        at: Math.round((performance.now() - startedAt) / 1000),
        ...(await inspector.sample()),
        ...sampleProcess(host.pid),
        answers: latencies.length - (statuses['0'] ?? 0),
        unanswered: statuses['0'] ?? 0,
        failures: failures.reduce((sum, [, times]) => sum + times, 0),
        median: quantile(0.5),
        p99: quantile(0.99),
      };
      samples.push(sample);
      say(describeSample(sample));
    }
    await load.stop();
    inspector.close();
    return samples;
  } finally {
    await stack.close();
  }
}

const megabytes = (bytes: number) => (bytes / 1_048_576).toFixed(1);

function describeSample({
  at,
  rss,
  heapUsed,
  descriptors,
  sockets,
  resources,
  answers,
  median,
  p99,
}: SoakSample): string {
  const timers = resources.Timeout ?? 0;
  return `${String(at).padStart(4)} s  rss ${megabytes(rss)} MB  heap ${megabytes(heapUsed)} MB  descriptors ${descriptors}  sockets ${sockets}  timers ${timers}  answers ${answers}  ${median.toFixed(0)} ms / ${p99.toFixed(0)} ms`;
}

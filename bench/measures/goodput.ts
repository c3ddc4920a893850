import { setTimeout as delay } from 'node:timers/promises';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { startApp } from '../apps.ts';
import { type Finding, fixed, type Measure, type Row } from '../finding.ts';
import { drive, oneConnection } from '../load/load.ts';

interface Goodput {
  /** Served creates as a share of what Graph would have allowed. */
  readonly share: number;
  /** Calls answered 429 as a share of all calls. */
  readonly wasted: number;
  /** Callers that got 202, per second. */
  readonly deferred: number;
}

interface Trial {
  readonly app: 'ours' | 'plain' | 'pass-through';
  readonly workers: number;
  readonly latencyMs: number;
}

const maxInFlight = 25;

/** Callers in total: more than Graph allows, however many processes they are spread over. */
const callers = 64;

/** Pass-through with a semaphore is given what ours has to find out: its share of the limit. */
function slotsOf({ app, workers }: Trial): Readonly<Record<string, string>> {
  return app === 'pass-through' ? { BENCH_SLOTS: String(Math.floor(maxInFlight / workers)) } : {};
}

async function measure(stack: Stack, trial: Trial, warmUp: number, seconds: number): Promise<Goodput> {
  const { app, workers, latencyMs } = trial;
  stack.graph.reset();
  const hosts = await Promise.all(
    Array.from({ length: workers }, () => startApp(stack, app, slotsOf(trial))),
  );
  try {
    stack.graph.setPace({ maxInFlight, latencyMs });
    const loads = hosts.map((host, index) =>
      drive({
        url: host.url,
        key: stack.functionKey,
        connections: oneConnection,
        inFlight: callers / workers,
        seconds: warmUp + seconds,
        prefix: `${app}${workers}x${latencyMs}x${index}x`,
      }),
    );
    await delay(warmUp * 1000);
    const before = stack.graph.counters();
    const at = performance.now();
    await delay(seconds * 1000);
    const after = stack.graph.counters();
    const span = (performance.now() - at) / 1000;
    const results = await Promise.all(loads);
    const count = (status: string) => (after.byStatus[status] ?? 0) - (before.byStatus[status] ?? 0);
    const deferred = results.reduce((sum, { statuses }) => sum + (statuses[202] ?? 0), 0);
    return {
      share: count('201') / span / ((maxInFlight * 1000) / latencyMs),
      wasted: count('429') / Math.max(1, after.requests - before.requests),
      deferred: deferred / (warmUp + seconds),
    };
  } finally {
    await Promise.all(hosts.map((host) => host.stop(1_000)));
  }
}

export const goodput: Measure = {
  name: 'goodput',
  title: 'Goodput under Graph’s ceiling',
  run: async ({ quick, say }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false });
    // The intake is no part of an instance: it takes everything unread, as Graph shares its thread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    const rows: Row[] = [];
    const told: string[] = [];
    try {
      for (const latencyMs of [50, 200])
        for (const workers of [1, 4]) {
          const trial = async (app: Trial['app']) => {
            const result = await measure(stack, { app, workers, latencyMs }, quick ? 5 : 8, quick ? 5 : 10);
            told.push(
              `${app}, ${workers}, ${latencyMs} ms: ${fixed(result.deferred, 0)} callers a second heard 202`,
            );
            return result;
          };
          const [baseline, ours, plain] = [
            await trial('pass-through'),
            await trial('ours'),
            await trial('plain'),
          ];
          const found = rowsOf({ workers, latencyMs, baseline, ours, plain });
          for (const { figure, measured } of found) say(`  ${figure}: ${measured}`);
          rows.push(...found);
        }
      return {
        rows,
        detail: `${callers} callers of the HTTP function in a closed loop, spread over the processes; Graph refuses what is over ${maxInFlight} in flight with 429 and no \`Retry-After\`, and takes 50 ms over a call (500 a second are allowed), then 200 ms (125 a second, which this machine’s processors do not limit). Counted at Graph after a warm-up. Pass-through has a semaphore of ${maxInFlight}, shared out among the processes beforehand. ${told.join('; ')}.`,
      };
    } finally {
      await stack.close();
    }
  },
};

interface Compared {
  readonly workers: number;
  readonly latencyMs: number;
  readonly baseline: Goodput;
  readonly ours: Goodput;
  readonly plain: Goodput;
}

/** At 50 ms the processors are the limit here, so the semaphore is the reference; at 200 ms it is Graph. */
function rowsOf({ workers, latencyMs, baseline, ours, plain }: Compared): Row[] {
  const label = `Goodput, 25 in flight allowed, ${workers} worker process${workers === 1 ? '' : 'es'}, ${latencyMs} ms`;
  const allowed = (maxInFlight * 1000) / latencyMs;
  const word = ({ share, wasted }: Goodput) =>
    `${fixed(share)} × of ${allowed}/s, ${fixed(wasted * 100, 1)} % on 429`;
  const bySemaphore = latencyMs === 50;
  const reached = bySemaphore ? ours.share / baseline.share : ours.share;
  const short = [
    reached < 0.95 ? `${fixed(0.95 - reached)} × under` : '',
    ours.wasted > 0.01 ? `${fixed((ours.wasted - 0.01) * 100, 1)} points of 429 over` : '',
  ].filter((text) => text !== '');
  const goal = bySemaphore ? 'pass-through with a semaphore' : 'the allowed maximum';
  return [
    {
      figure: label,
      goal: `≥ 0.95 × ${goal}, ≤ 1 % of calls on 429`,
      measured: bySemaphore ? `${fixed(reached)} × (${word(ours)})` : word(ours),
      met: short.length === 0,
      ...(short.length === 0 ? {} : { short: short.join(', ') }),
    },
    { figure: `${label}: pass-through`, goal: 'shown', measured: word(baseline), met: null },
    { figure: `${label}: plain`, goal: 'shown', measured: word(plain), met: null },
  ];
}

import { startStack } from '../../local/stack/stack.ts';
import { startApp } from '../apps.ts';
import { type Finding, fixed, type Measure, type Row } from '../finding.ts';
import { drive, fourConnections } from '../load/load.ts';
import { interleave, quantile, spreadOf } from '../statistics.ts';

const sides = ['ours', 'pass-through'] as const;
/** 50 in flight, 100 per second: a rate at which hardly anything queues for a processor, so that times are meaningful. */
const graphLatency = 500;

export const addedTime: Measure = {
  name: 'added-time',
  title: 'Time that we add to one create',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStack({
      functionsHost: false,
      graph: { connections: fourConnections, pace: { latencyMs: graphLatency } },
    });
    // The intake is not part of an instance: it accepts everything unread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    const hosts = {
      ours: await startApp(stack, 'ours'),
      'pass-through': await startApp(stack, 'pass-through'),
    };
    try {
      const once = (side: (typeof sides)[number], prefix: string, seconds: number) =>
        drive({
          url: hosts[side].url,
          key: stack.functionKey,
          connections: fourConnections,
          inFlight: 50,
          seconds,
          prefix,
          spreadMs: graphLatency,
        });
      for (const side of sides) await once(side, `warm${side.length}`, quick ? 2 : 5);
      const rounds = await interleave(quick ? 3 : 5, sides, (side, round) =>
        once(side, `${side.length}x${round}x`, quick ? 3 : 6),
      );
      const added = (share: number) =>
        spreadOf(
          rounds.ours.map(
            ({ latencies }, round) =>
              quantile(latencies, share) - quantile(rounds['pass-through'][round]?.latencies ?? [], share),
          ),
        );
      const row = (name: string, share: number, most: number): Row => {
        const { median, low, high } = added(share);
        const met = median <= most;
        return {
          figure: `Time that we add to one create, 50 in flight: ${name}`,
          goal: `≤ ${most} ms`,
          measured: `${fixed(median)} ms (${fixed(low)}–${fixed(high)})`,
          met,
          ...(met ? {} : { short: `${fixed(median - most)} ms over` }),
        };
      };
      const middle = (side: (typeof sides)[number], share: number) =>
        fixed(
          spreadOf(rounds[side].map(({ latencies }) => quantile(latencies, share))).median - graphLatency,
          1,
        );
      return {
        rows: [row('median', 0.5, 1), row('99th percentile', 0.99, 5)],
        detail: `Measured at the client, over four connections, against pass-through on the same kind of host and the same Graph, which takes ${graphLatency} ms per call. The figure is the difference of the two medians (99th percentiles) of a round. Over Graph's own time, host and client included, ours took ${middle('ours', 0.5)} ms (99th percentile ${middle('ours', 0.99)}), pass-through ${middle('pass-through', 0.5)} ms (${middle('pass-through', 0.99)}). ${rounds.ours.length} rounds.`,
      };
    } finally {
      await Promise.all(Object.values(hosts).map((host) => host.stop(2_000)));
      await stack.close();
    }
  },
};

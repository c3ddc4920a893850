import { startApp } from '../apps.ts';
import { startLargeChanges } from '../declared/large-changes.ts';
import { type Finding, fixed, type Measure, ratioRow } from '../finding.ts';
import { drive, fourConnections } from '../load/load.ts';
import { startStackOnDisk } from '../stack-on-disk.ts';
import { interleave, quantile, ratiosOf, spreadOf } from '../statistics.ts';

const sides = ['alone', 'beside'] as const;
type Side = (typeof sides)[number];

/** Members of the list, the most that a group may have: a body of 3 MiB. */
const large = 50_000;
/** Few enough that the small creates do not wait for one another. */
const inFlight = 4;

export const besideLarge: Measure = {
  name: 'beside-large',
  title: 'A small create beside a large change',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStackOnDisk({
      functionsHost: false,
      graph: { connections: ['contosohr', ...fourConnections] },
    });
    // The intake is not part of an instance: it accepts everything unread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    const host = await startApp(stack, 'ours');
    const [rounds, seconds, size] = quick ? ([2, 4, 10_000] as const) : ([7, 8, large] as const);
    const changes: number[] = [];

    /** The groups never exist in Graph: only the change counts. */
    async function measure(side: Side, round: number): Promise<number> {
      const { url } = host;
      const { functionKey: key } = stack;
      const changing =
        side === 'beside' ? startLargeChanges({ url, key, size, prefix: `wide${round}x` }) : undefined;
      const { latencies, statuses } = await drive({
        url,
        key,
        connections: fourConnections,
        inFlight,
        seconds,
        prefix: `${side}${round}x`,
      });
      changes.push(...((await changing?.stop()) ?? []));
      stack.graph.reset();
      const others = Object.keys(statuses).filter((status) => status !== '201');
      if (others.length > 0) throw new Error(`creates were answered ${others.join(', ')} (${side})`);
      return quantile(latencies, 0.99);
    }
    try {
      for (const side of sides) await measure(side, 99);
      changes.length = 0;
      const { alone, beside } = await interleave(rounds, sides, measure);
      const shown = (values: readonly number[]) => fixed(spreadOf(values).median, 0);
      return {
        rows: [
          ratioRow(
            `99th percentile of a small create beside a PUT of ${size.toLocaleString('en')} members`,
            { text: '≤ 3 × alone', most: 3 },
            ratiosOf(beside, alone),
          ),
        ],
        detail: `${inFlight} callers in a closed loop over four connections, Graph responding at once; beside them, one caller who declares the members of one group after another. The 99th percentile alone was ${shown(alone)} ms, beside it ${shown(beside)} ms; a large change took ${shown(changes)} ms. ${rounds} rounds of ${seconds} s per side, in alternating order.`,
      };
    } finally {
      await host.stop(5_000);
      await stack.close();
    }
  },
};

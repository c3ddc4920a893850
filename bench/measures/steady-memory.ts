import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startStack } from '../../local/stack/stack.ts';
import { startApp } from '../apps.ts';
import { type Finding, fixed, type Measure } from '../finding.ts';
import { drive, fourConnections } from '../load/load.ts';
import { quantile } from '../statistics.ts';

export const steadyMemory: Measure = {
  name: 'memory',
  title: 'Memory from the 20,000th to the 100,000th create',
  run: async ({ quick, secondsLeft }): Promise<Finding> => {
    const [from, to] = quick ? [1_000, 5_000] : [20_000, 100_000];
    const stack = await startStack({
      functionsHost: false,
      graph: { connections: fourConnections, logCapacity: 100 },
    });
    // The intake is not part of an instance: it accepts everything unread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    const host = await startApp(stack, 'ours');
    try {
      const points: [number, number][] = [];
      let over = false;
      const load = drive({
        url: host.url,
        key: stack.functionKey,
        connections: fourConnections,
        inFlight: 50,
        // Ends there, finished or not: the whole run is limited.
        seconds: Math.min(360, secondsLeft() - 15),
        most: to,
        prefix: 'm',
      }).finally(() => {
        over = true;
      });
      while (!over) {
        const pages = await readFile(`/proc/${host.pid}/statm`, 'utf8');
        points.push([stack.graph.counters().created, (Number(pages.split(' ')[1]) * 4096) / 2 ** 20]);
        await Promise.race([delay(250), load]);
      }
      const { statuses, seconds } = await load;
      const reached = statuses[201] ?? 0;
      // Memory fluctuates between garbage collections: each end is the median of a twentieth of the run.
      const near = (create: number) =>
        quantile(
          points.filter(([at]) => Math.abs(at - create) <= to / 20).map(([, mib]) => mib),
          0.5,
        );
      const growth = near(reached) / near(from) - 1;
      const met = Math.abs(growth) <= 0.05 && reached === to;
      return {
        rows: [
          {
            figure: `Resident memory between the ${from.toLocaleString('en')}th and the ${to.toLocaleString('en')}th create`,
            goal: 'within 5 %',
            measured: `${growth >= 0 ? '+' : '−'}${fixed(Math.abs(growth) * 100, 1)} %${reached === to ? '' : ` at the ${reached.toLocaleString('en')}th, where the time was up`}`,
            met,
            ...(met ? {} : { short: `${fixed(Math.max(0, Math.abs(growth) * 100 - 5), 1)} points over` }),
          },
        ],
        charts: [
          {
            kind: 'lines',
            title: 'Resident memory',
            x: 'creates',
            y: 'MiB',
            lines: [{ label: 'ours', points }],
          },
        ],
        detail: `One process, 50 callers, Graph at once, telemetry sent; the whole process with the local host in it. ${fixed(near(from), 0)} MiB at the ${from.toLocaleString('en')}th create, ${fixed(near(reached), 0)} MiB at the end, after ${fixed(seconds, 0)} s.`,
      };
    } finally {
      await host.stop(2_000);
      await stack.close();
    }
  },
};

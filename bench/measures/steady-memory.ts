import { setTimeout as delay } from 'node:timers/promises';
import { startStack } from '../../local/stack/stack.ts';
import { startApp } from '../apps.ts';
import { type Finding, fixed, type Measure } from '../finding.ts';
import { drive, fourConnections } from '../load/load.ts';
import { residentOf } from '../process-sample.ts';
import { quantile, spreadOf } from '../statistics.ts';

/** When the heap takes another step differs from process to process, so there are several. */
const processes = 3;

export const steadyMemory: Measure = {
  name: 'memory',
  title: 'Memory from the 20,000th to the 100,000th create',
  run: async ({ quick, secondsLeft }): Promise<Finding> => {
    const [from, to] = quick ? [1_000, 5_000] : [20_000, 100_000];
    const runs: MemoryRun[] = [];
    for (let process = 0; process < (quick ? 1 : processes); process += 1)
      runs.push(await runProcess(from, to, Math.min(180, secondsLeft() - 15)));
    const growth = spreadOf(runs.map(({ early, late }) => late / early - 1)).median;
    const reached = Math.min(...runs.map((run) => run.reached));
    const met = Math.abs(growth) <= 0.05 && reached === to;
    const each = runs.map(({ early, late }) => `${fixed(early, 0)} to ${fixed(late, 0)} MiB`).join(', ');
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
          lines: runs.map(({ points }, index) => ({ label: `process ${index + 1}`, points })),
        },
      ],
      detail: `50 callers, Graph responding at once, telemetry sent. The figure is the whole process, including the local host. The median of ${runs.length} processes, one after another: ${each}, the last after ${fixed(runs.at(-1)?.seconds ?? 0, 0)} s.`,
    };
  },
};

interface MemoryRun {
  /** Creates, and MiB resident by then. */
  readonly points: readonly (readonly [number, number])[];
  readonly early: number;
  readonly late: number;
  /** Creates when it ended. */
  readonly reached: number;
  readonly seconds: number;
}

async function runProcess(from: number, to: number, seconds: number): Promise<MemoryRun> {
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
      seconds,
      most: to,
      prefix: 'm',
    }).finally(() => {
      over = true;
    });
    while (!over) {
      points.push([stack.graph.counters().created, await residentOf(host.pid)]);
      await Promise.race([delay(250), load]);
    }
    const ended = await load;
    const reached = ended.statuses[201] ?? 0;
    // Memory fluctuates between garbage collections: each end is the median of a twentieth of the run.
    const near = (create: number) =>
      quantile(
        points.filter(([at]) => Math.abs(at - create) <= to / 20).map(([, mib]) => mib),
        0.5,
      );
    return { points, early: near(from), late: near(reached), reached, seconds: ended.seconds };
  } finally {
    await host.stop(2_000);
    await stack.close();
  }
}

import { fileURLToPath } from 'node:url';
import { startStack } from '../../local/stack/stack.ts';
import { startChild } from '../cold/start-child.ts';
import { type Finding, fixed, type Measure } from '../finding.ts';
import { spreadOf } from '../statistics.ts';

const goal = 2;

export const telemetryBlock: Measure = {
  name: 'telemetry-block',
  title: 'Event loop kept by telemetry',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false });
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    try {
      const script = fileURLToPath(new URL('../telemetry/block.ts', import.meta.url));
      const blocks = await startChild<number[]>(script, ['170', quick ? '12' : '45'], stack.env);
      const { median, low, high } = spreadOf(blocks);
      const met = median <= goal;
      return {
        rows: [
          {
            figure: 'Longest block of the event loop while the telemetry of 170 creates is sent',
            goal: `≤ ${goal} ms`,
            measured: `${fixed(median)} ms (${fixed(low)}–${fixed(high)})`,
            met,
            ...(met ? {} : { short: `${fixed(median - goal)} ms over` }),
          },
        ],
        detail: `510 signals in a burst, sent over TLS to an intake that accepts everything. The figure is the longest time between two turns of the event loop in each of ${blocks.length} bursts of a warm process.`,
      };
    } finally {
      await stack.close();
    }
  },
};

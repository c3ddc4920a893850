import { type Stack, startStack } from '../../local/stack/stack.ts';
import { startApp } from '../apps.ts';
import { type Finding, fixed, type Measure, type Row, ratioRow } from '../finding.ts';
import { drive, fourConnections, rateOf } from '../load/load.ts';
import type { AppName } from '../peers.ts';
import { interleave, ratiosOf, spreadOf } from '../statistics.ts';

const sides = ['ours', 'ours, no telemetry', 'pass-through', 'plain'] as const;
type Side = (typeof sides)[number];

const apps: { readonly [side in Side]: { readonly app: AppName; readonly env: Record<string, string> } } = {
  ours: { app: 'ours', env: {} },
  'ours, no telemetry': { app: 'ours', env: { APPLICATIONINSIGHTS_CONNECTION_STRING: '' } },
  'pass-through': { app: 'pass-through', env: {} },
  plain: { app: 'plain', env: { BENCH_LIKE_FOR_LIKE: '1' } },
};

export const throughput: Measure = {
  name: 'throughput',
  title: 'Throughput of creates',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false, graph: { connections: fourConnections } });
    // The intake is not part of an instance: it accepts everything unread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    try {
      // How fast a process gets is partly chance (what was compiled when), so each side gets several.
      const rates = await interleave(quick ? 1 : 5, sides, (side, round) =>
        rateOfProcess(stack, side, `p${round}s${sides.indexOf(side)}`, quick),
      );
      const shown = (side: Side, figure: string): Row => {
        const { median, low, high } = ratiosOf(rates[side], rates['pass-through']);
        const measured = `${fixed(median)} × pass-through (${fixed(low)}–${fixed(high)})`;
        return { figure, goal: 'shown', measured, met: null };
      };
      return {
        rows: [
          ratioRow(
            'Throughput of creates, with telemetry, which pass-through has not',
            { text: '≥ 0.95 × pass-through', least: 0.95 },
            ratiosOf(rates.ours, rates['pass-through']),
          ),
          ratioRow(
            'The same without telemetry',
            { text: '≥ 1.1 × pass-through', least: 1.1 },
            ratiosOf(rates['ours, no telemetry'], rates['pass-through']),
          ),
          ratioRow(
            'The same with telemetry, against plain with telemetry of every create',
            { text: '≥ 1.8 × plain', least: 1.8 },
            ratiosOf(rates.ours, rates.plain),
          ),
          shown('plain', 'The same for plain'),
        ],
        charts: [
          {
            kind: 'bars',
            title: 'Throughput of creates',
            unit: 'creates a second',
            bars: sides.map((side) => {
              const { median, low, high } = spreadOf(rates[side]);
              return { label: side, value: median, low, high };
            }),
            goal: { label: 'pass-through', value: spreadOf(rates['pass-through']).median },
          },
        ],
        detail: `50 callers in a closed loop over four connections, Graph responding at once, telemetry on (pass-through has none). Creates per second, with callers, stand-ins and host on the same processors: ${sides.map((side) => `${side} ${fixed(spreadOf(rates[side]).median, 0)}`).join(', ')}. Five processes per side, one at a time in turning order, each warmed up for twelve seconds and measured for six.`,
      };
    } finally {
      await stack.close();
    }
  },
};

/**
 * Creates per second of a fresh process, with no other app running and never idle: after 40 seconds without requests,
 * ours and pass-through were slower by up to two fifths.
 */
async function rateOfProcess(stack: Stack, side: Side, prefix: string, quick: boolean): Promise<number> {
  const { app, env } = apps[side];
  const host = await startApp(stack, app, env);
  const load = async (part: string, seconds: number) => {
    const { url } = host;
    const target = { url, key: stack.functionKey, connections: fourConnections, inFlight: 50 };
    const result = await drive({ ...target, seconds, prefix: `${prefix}${part}x` });
    stack.graph.reset();
    return rateOf(result, 201);
  };
  try {
    // Until no side becomes faster any more: with telemetry that takes ten seconds, for pass-through six.
    await load('warm', quick ? 2 : 12);
    return await load('m', quick ? 2 : 6);
  } finally {
    await host.stop(2_000);
  }
}

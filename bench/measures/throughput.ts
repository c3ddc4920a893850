import type { HostProcess } from '../../local/stack/host-process.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { startApp } from '../apps.ts';
import { type Finding, fixed, type Measure, type Row, ratioRow } from '../finding.ts';
import { drive, fourConnections, rateOf } from '../load/load.ts';
import { interleave, ratiosOf, spreadOf } from '../statistics.ts';

const sides = ['ours', 'ours, no telemetry', 'pass-through', 'plain'] as const;
type Side = (typeof sides)[number];

export const throughput: Measure = {
  name: 'throughput',
  title: 'Throughput of creates',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false, graph: { connections: fourConnections } });
    // The intake is not part of an instance: it accepts everything unread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    const rates: Record<Side, number[]> = {
      ours: [],
      'ours, no telemetry': [],
      'pass-through': [],
      plain: [],
    };
    try {
      // How fast a process gets is partly chance (what was compiled when), so each side gets several.
      for (let process = 0; process < (quick ? 1 : 5); process += 1) {
        const some = await withHosts(stack, (hosts) => measureAll(stack, hosts, process, quick));
        for (const side of sides) rates[side].push(...some[side]);
      }
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
        detail: `50 callers in a closed loop over four connections, Graph responding at once, telemetry on (pass-through has none). Creates per second, with callers, stand-ins and host on the same processors: ${sides.map((side) => `${side} ${fixed(spreadOf(rates[side]).median, 0)}`).join(', ')}. Five processes per side, two rounds each.`,
      };
    } finally {
      await stack.close();
    }
  },
};

type Hosts = Readonly<Record<Side, HostProcess>>;

async function withHosts<T>(stack: Stack, use: (hosts: Hosts) => Promise<T>): Promise<T> {
  const hosts: Hosts = {
    ours: await startApp(stack, 'ours'),
    'ours, no telemetry': await startApp(stack, 'ours', { APPLICATIONINSIGHTS_CONNECTION_STRING: '' }),
    'pass-through': await startApp(stack, 'pass-through'),
    plain: await startApp(stack, 'plain', { BENCH_LIKE_FOR_LIKE: '1' }),
  };
  try {
    return await use(hosts);
  } finally {
    await Promise.all(Object.values(hosts).map((host) => host.stop(2_000)));
  }
}

async function measureAll(stack: Stack, hosts: Hosts, process: number, quick: boolean) {
  const once = async (side: Side, prefix: string, seconds: number) => {
    const target = {
      url: hosts[side].url,
      key: stack.functionKey,
      connections: fourConnections,
      inFlight: 50,
    };
    const result = await drive({ ...target, seconds, prefix });
    stack.graph.reset();
    return rateOf(result, 201);
  };
  for (const side of sides) await once(side, `warm${process}s${sides.indexOf(side)}x`, quick ? 2 : 6);
  return interleave(2, sides, (side, round) =>
    once(side, `p${process}s${sides.indexOf(side)}r${round}x`, quick ? 2 : 3),
  );
}

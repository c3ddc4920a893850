import { startStack } from '../../local/stack/stack.ts';
import { type Finding, fixed, type Measure, type Row, ratioRow } from '../finding.ts';
import { fourConnections } from '../load/load.ts';
import { interleave, ratiosOf, type Spread, spreadOf } from '../statistics.ts';
import { startWorker, type Worker } from '../worker/start-worker.ts';

const sides = ['ours', 'ours, no telemetry', 'pass-through', 'plain', 'plain, no telemetry'] as const;
type Side = (typeof sides)[number];

const noTelemetry = { APPLICATIONINSIGHTS_CONNECTION_STRING: '' };
/** Plain with telemetry that is not sampled. */
const alike = { BENCH_LIKE_FOR_LIKE: '1' };

export const processorTime: Measure = {
  name: 'processor-time',
  title: 'Processor time of a create',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false, graph: { connections: fourConnections } });
    // The intake is not part of an instance: it accepts everything unread.
    stack.telemetry.setFault({ kind: 'refuse', status: 200 });
    const start: Record<Side, () => Promise<Worker>> = {
      ours: () => startWorker('ours', stack.env),
      'ours, no telemetry': () => startWorker('ours', { ...stack.env, ...noTelemetry }),
      'pass-through': () => startWorker('pass-through', stack.env),
      plain: () => startWorker('plain', { ...stack.env, ...alike }),
      'plain, no telemetry': () => startWorker('plain', { ...stack.env, ...alike, ...noTelemetry }),
    };
    // How fast a process gets is partly chance (what was compiled when), so each side gets several; and a short round is
    // disturbed now and then, so each process counts with the median of its rounds.
    const [processes, rounds, creates] = quick ? ([1, 2, 1_000] as const) : ([5, 7, 1_000] as const);
    const spent = Object.fromEntries(sides.map((side) => [side, []])) as unknown as Record<Side, number[]>;
    try {
      for (let process = 0; process < processes; process += 1) {
        const workers = await startAll(start);
        const once = async (side: Side, prefix: string, count: number) => {
          const milliseconds = await workers[side].create(count, 50, prefix);
          stack.graph.reset();
          return milliseconds;
        };
        for (const [index, side] of sides.entries())
          await once(side, `warm${process}s${index}x`, quick ? 1_000 : 5_000);
        const measured = await interleave(rounds, sides, (side, round) =>
          once(side, `p${process}s${sides.indexOf(side)}r${round}x`, creates),
        );
        for (const side of sides) spent[side].push(spreadOf(measured[side]).median);
        await Promise.all(Object.values(workers).map((worker) => worker.stop()));
      }
    } finally {
      await stack.close();
    }
    const over = (side: Side, other: Side) => ratiosOf(spent[side], spent[other]);
    return {
      rows: [
        ratioRow(
          'Processor time of a create, all threads of the worker, without telemetry',
          { text: '≤ 0.95 × pass-through', most: 0.95 },
          over('ours, no telemetry', 'pass-through'),
        ),
        ratioRow(
          'The same with telemetry, which pass-through has not',
          { text: '≤ 1.1 × pass-through', most: 1.1 },
          over('ours', 'pass-through'),
        ),
        shown('Plain, without telemetry', over('plain, no telemetry', 'pass-through')),
        shown('Plain, with telemetry of every create', over('plain', 'pass-through')),
      ],
      charts: [
        {
          kind: 'bars',
          title: 'Processor time of a create',
          unit: 'ms, all threads',
          bars: sides.map((side) => {
            const { median, low, high } = spreadOf(spent[side]);
            return { label: side, value: median, low, high };
          }),
        },
      ],
      detail: `A functions worker by itself, without a host: requests arrive as messages, as a host sends them to an app that does not stream, 50 at a time over four connections, Graph responding at once. Milliseconds per create: ${sides.map((side) => `${side} ${fixed(spreadOf(spent[side]).median)}`).join(', ')}. ${processes} processes per side, each warmed up; the median of ${rounds} rounds of ${creates.toLocaleString('en')} creates in each, in turning order. ${steadiness(over('ours', 'pass-through'))}`,
    };
  },
};

async function startAll(start: Record<Side, () => Promise<Worker>>): Promise<Record<Side, Worker>> {
  const started = await Promise.all(sides.map(async (side) => [side, await start[side]()] as const));
  return Object.fromEntries(started) as Record<Side, Worker>;
}

function shown(figure: string, ratio: Spread): Row {
  const { median, low, high } = ratio;
  const measured = `${fixed(median)} × pass-through (${fixed(low)}–${fixed(high)})`;
  return { figure, goal: 'shown', measured, met: null };
}

function steadiness({ median, low, high }: Spread): string {
  const half = (100 * (high - low)) / (2 * median);
  const within = `The middle half of the processes’ ratios lies within ±${fixed(half, 0)} %`;
  return half <= 5 ? `${within}.` : `${within}, which is more than the 5 % that a judgement needs.`;
}

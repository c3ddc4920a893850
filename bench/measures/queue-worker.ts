import { type Finding, fixed, type Measure, type Row, ratioRow } from '../finding.ts';
import { drain, warmAfter } from '../queue/drain.ts';
import { startStackOnDisk } from '../stack-on-disk.ts';
import { interleave, ratiosOf, type Spread, spreadOf } from '../statistics.ts';

const sides = ['ours', 'loop', 'plain'] as const;
type Side = (typeof sides)[number];

export const queueWorker: Measure = {
  name: 'queue-worker',
  title: 'Queue worker, Graph unlimited',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStackOnDisk({ functionsHost: false });
    const count = quick ? warmAfter + 500 : 3_000;
    try {
      const rounds = await interleave(quick ? 1 : 3, sides, (side, round) =>
        drain(stack, side, count, `${side}${round}x`),
      );
      const rates = (side: Side, kind: 'cold' | 'warm') => rounds[side].map((round) => round[kind]);
      const over = (kind: 'cold' | 'warm', other: Side) => ratiosOf(rates('ours', kind), rates(other, kind));
      return {
        rows: [
          ratioRow(
            `Queue worker after ${warmAfter.toLocaleString('en')} messages`,
            { text: '≥ 0.95 × a loop that writes a status too', least: 0.95 },
            over('warm', 'loop'),
          ),
          ratioRow('The same against plain', { text: '≥ 1.1 × plain', least: 1.1 }, over('warm', 'plain')),
          shown('Its first thousand messages', over('cold', 'loop'), 'the loop'),
          shown('The same against plain', over('cold', 'plain'), 'plain'),
        ],
        charts: [
          {
            kind: 'bars',
            title: 'Queue worker, warm',
            unit: 'creates a second',
            bars: sides.map((side) => {
              const { median, low, high } = spreadOf(rates(side, 'warm'));
              return { label: side, value: median, low, high };
            }),
            goal: { label: '0.95 × loop', value: 0.95 * spreadOf(rates('loop', 'warm')).median },
          },
        ],
        detail: `${count.toLocaleString('en')} messages, processed from a full queue by one process, 24 at a time on each side, with one Azurite for all. Creates per second, warm and cold: ${sides.map((side) => `${side} ${fixed(spreadOf(rates(side, 'warm')).median, 0)} and ${fixed(spreadOf(rates(side, 'cold')).median, 0)}`).join(', ')}. ${rounds.ours.length} rounds, a fresh process each.`,
      };
    } finally {
      await stack.close();
    }
  },
};

function shown(figure: string, { median, low, high }: Spread, other: string): Row {
  const measured = `${fixed(median)} × ${other} (${fixed(low)}–${fixed(high)})`;
  return { figure, goal: 'shown', measured, met: null };
}

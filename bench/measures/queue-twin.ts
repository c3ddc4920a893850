import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../../local/stack/stack.ts';
import { type Finding, fixed, type Measure, ratioRow } from '../finding.ts';
import { drain } from '../queue/drain.ts';
import { interleave, ratiosOf, spreadOf } from '../statistics.ts';

const sides = ['ours', 'loop', 'plain'] as const;

export const queueTwin: Measure = {
  name: 'queue-twin',
  title: 'Queue twin, Graph unlimited',
  run: async ({ quick }): Promise<Finding> => {
    // On disk: in memory Azurite answers nobody for a minute while it clears some thousand deleted messages.
    const storageFolder = await mkdtemp(join(tmpdir(), 'bench-queue-'));
    const stack = await startStack({ functionsHost: false, storageFolder });
    const count = quick ? 600 : 1_000;
    try {
      const rates = await interleave(quick ? 2 : 3, sides, (side, round) =>
        drain(stack, side, count, `${side}${round}x`),
      );
      const plain = ratiosOf(rates.plain, rates.loop);
      return {
        rows: [
          ratioRow(
            'Queue twin, Graph unlimited',
            { text: '≥ 0.8 × a bare loop that keeps no status', least: 0.8 },
            ratiosOf(rates.ours, rates.loop),
          ),
          {
            figure: 'The same for plain, which keeps no status either',
            goal: 'shown',
            measured: `${fixed(plain.median)} × the loop (${fixed(plain.low)}–${fixed(plain.high)})`,
            met: null,
          },
        ],
        charts: [
          {
            kind: 'bars',
            title: 'Queue twin',
            unit: 'creates a second',
            bars: sides.map((side) => {
              const { median, low, high } = spreadOf(rates[side]);
              return { label: side, value: median, low, high };
            }),
            goal: { label: '0.8 × loop', value: 0.8 * spreadOf(rates.loop).median },
          },
        ],
        detail: `${count} messages emptied from a full queue by one process, 24 at a time on each side, one Azurite for all. Creates a second: ${sides.map((side) => `${side} ${fixed(spreadOf(rates[side]).median, 0)}`).join(', ')}. ${rates.ours.length} rounds.`,
      };
    } finally {
      await stack.close();
      await rm(storageFolder, { recursive: true, force: true });
    }
  },
};

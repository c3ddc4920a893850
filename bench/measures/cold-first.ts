import { startStack } from '../../local/stack/stack.ts';
import { groupsPath } from '../apps.ts';
import type { FirstAnswer } from '../cold/first-answer.ts';
import { startChild } from '../cold/start-child.ts';
import { type Finding, fixed, type Measure, ratioRow } from '../finding.ts';
import { coldScripts, entryOf, rootOf } from '../peers.ts';
import { interleave, ratiosOf, spreadOf } from '../statistics.ts';

const sides = ['bare', 'graph', 'ours', 'pass-through', 'plain'] as const;
type Side = (typeof sides)[number];

export const coldFirst: Measure = {
  name: 'cold-first',
  title: 'Cold to the first 201',
  run: async ({ quick }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false });
    try {
      const { token } = stack.tokens.issue('https://graph.microsoft.com');
      const answers = await interleave(quick ? 3 : 9, sides, async (side, round) => {
        const body = JSON.stringify({ id: `${side.replace('-', '')}${round}`, displayName: 'First' });
        const answer = await startChild<FirstAnswer>(...command(side, body), stack.env);
        if (answer.status !== (side === 'bare' ? 200 : 201))
          throw new Error(`${side} answered ${answer.status}.`);
        return answer;
      });
      function command(side: Side, body: string): [script: string, args: string[]] {
        if (side === 'graph') {
          const url = `${stack.graph.url}/v1.0/external/connections/contosohr/groups`;
          return [coldScripts.roundTrip, [url, token, body]];
        }
        const how = side === 'bare' ? ['GET', '/api/ping'] : ['POST', groupsPath, body];
        return [coldScripts.firstAnswer, [entryOf(side), rootOf(side), ...how]];
      }
      const times = (side: Side) => answers[side].map(({ ms }) => ms);
      const allowed = times('bare').map((ms, round) => 1.6 * ms + (times('graph')[round] ?? 0));
      const share = ratiosOf(times('ours'), allowed);
      const baseline = ratiosOf(times('pass-through'), allowed);
      const middle = (side: Side) => spreadOf(times(side)).median;
      return {
        rows: [
          ratioRow(
            'Cold to first `201`, telemetry configured, as a share of (1.6 × bare’s first answer + one Graph round trip)',
            { text: '≤ 1.00 ×', most: 1 },
            share,
          ),
          {
            figure: 'The same for pass-through, which loads nothing but the trigger library',
            goal: 'shown',
            measured: `${fixed(baseline.median)} × (${fixed(baseline.low)}–${fixed(baseline.high)})`,
            met: null,
          },
          ratioRow(
            'Cold to first `201` against plain',
            { text: '≤ 0.35 × plain', most: 0.35 },
            ratiosOf(times('ours'), times('plain')),
          ),
        ],
        charts: [
          {
            kind: 'bars',
            title: 'Cold to the first answer',
            unit: 'ms',
            bars: sides
              .filter((side) => side !== 'graph')
              .map((side) => {
                const { median, low, high } = spreadOf(times(side));
                return { label: side, value: median, low, high };
              }),
            goal: { label: '1.6 × bare + Graph', value: spreadOf(allowed).median },
          },
        ],
        detail: `From the start of the process until the first answer is complete: loading, a token, a TLS connection to Graph and the creation. The app is served by the HTTP part of the local host, bundled (about the same for all; \`bare\` bears it too). A Graph round trip is one \`fetch\` from a process that has made none. Milliseconds: bare ${fixed(middle('bare'), 0)}, Graph round trip ${fixed(middle('graph'), 0)}, ours ${fixed(middle('ours'), 0)}, pass-through ${fixed(middle('pass-through'), 0)}, plain ${fixed(middle('plain'), 0)}. ${answers.ours.length} rounds.`,
      };
    } finally {
      await stack.close();
    }
  },
};

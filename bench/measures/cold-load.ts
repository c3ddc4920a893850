import type { ColdLoad } from '../cold/child.ts';
import { startChild } from '../cold/start-child.ts';
import { type Finding, fixed, type Measure, ratioRow } from '../finding.ts';
import { type AppName, coldScripts, entryOf } from '../peers.ts';
import { interleave, ratiosOf, spreadOf } from '../statistics.ts';

const apps = ['bare', 'ours', 'pass-through', 'plain'] as const satisfies AppName[];

/** Enough for every app to look configured; nothing is called before the first request. */
const environment = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  GRAPH_BASE_URL: 'https://localhost:9',
  IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token',
  IDENTITY_HEADER: 'none',
  APPLICATIONINSIGHTS_CONNECTION_STRING:
    'InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint=https://localhost:9/',
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
};

export const coldLoad: Measure = {
  name: 'cold-load',
  title: 'Cold load and resident memory',
  run: async ({ quick }): Promise<Finding> => {
    const loads = await interleave(quick ? 5 : 15, apps, (app) =>
      startChild<ColdLoad>(coldScripts.load, [entryOf(app)], environment),
    );
    const times = (app: AppName) => loads[app].map(({ ms }) => ms);
    const memory = (app: AppName) => loads[app].map(({ rss }) => rss / 2 ** 20);
    const cpu = (app: AppName) => loads[app].map(({ cpuMs }) => cpuMs);
    const ratio = (of: typeof times, app: AppName) => ratiosOf(of(app), of('bare'));
    const beside = (of: typeof times, digits: number) =>
      apps.map((app) => `${app} ${fixed(spreadOf(of(app)).median, digits)}`).join(', ');
    const shown = ratio(times, 'plain');
    return {
      rows: [
        ratioRow(
          'Cold load: process start to all functions registered, telemetry configured',
          { text: '≤ 1.3 × bare', most: 1.3 },
          ratio(times, 'ours'),
        ),
        {
          figure: 'The same for plain',
          goal: 'shown',
          measured: `${fixed(shown.median, 1)} × bare (${fixed(shown.low, 1)}–${fixed(shown.high, 1)})`,
          met: null,
        },
        ratioRow(
          'Resident memory when registered',
          { text: '≤ 1.3 × bare', most: 1.3 },
          ratio(memory, 'ours'),
        ),
      ],
      charts: [
        {
          kind: 'bars',
          title: 'Cold load',
          unit: 'ms',
          bars: apps.map((app) => {
            const { median, low, high } = spreadOf(times(app));
            return { label: app, value: median, low, high };
          }),
          goal: { label: '1.3 × bare', value: 1.3 * spreadOf(times('bare')).median },
        },
      ],
      detail: `Each start is a new process that loads the built entry with a stub in place of the host, so that host time is excluded; Node's own start is included. Milliseconds: ${beside(times, 0)}. Processor milliseconds, which a busy machine affects less: ${beside(cpu, 0)} (ours ${fixed(ratio(cpu, 'ours').median)} × bare). MiB resident: ${beside(memory, 1)}. ${loads.ours.length} rounds, in turning order; ratios are taken within a round.`,
    };
  },
};

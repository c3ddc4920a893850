import { isJsonObject } from '../stack/json.ts';
import type { TelemetryItem } from '../stand-ins/telemetry/check-item.ts';
import type { FreshItems } from './fresh-items.ts';
import type { Watcher } from './watch-work.ts';

/** The figures of `docs/operations.md`, from the telemetry sent so far. */
interface Figures {
  readonly events: Map<string, number>;
  graphCalls: number;
  graphRefusals: number;
  readonly sums: Map<string, number>;
  /** Newest value of each metric: the mean of a minute for times, the sum since the start for counts. */
  readonly metrics: Map<string, string>;
}

const counted = new Set([
  'externalGroups.graph.throttled',
  'externalGroups.deadLetters',
  'externalGroups.members.applied',
]);

/** Two lines, printed when they change: the results for groups, and the metrics (sent once a minute). Totals only grow. */
export function telemetryWatcher(fresh: FreshItems): Watcher {
  const figures: Figures = {
    events: new Map(),
    graphCalls: 0,
    graphRefusals: 0,
    sums: new Map(),
    metrics: new Map(),
  };
  let shown: readonly string[] = [];
  return () => {
    for (const item of fresh()) addItem(figures, item);
    const lines = describeFigures(figures);
    const changed = lines.filter((line) => !shown.includes(line));
    shown = lines;
    return Promise.resolve(changed);
  };
}

function addItem(figures: Figures, { data: { baseType, baseData } }: TelemetryItem): void {
  if (baseType === 'EventData') add(figures.events, short(baseData.name, 'ExternalGroup'), 1);
  if (baseType === 'RemoteDependencyData' && isGraphCall(baseData.name)) {
    figures.graphCalls += 1;
    if (baseData.success === false) figures.graphRefusals += 1;
  }
  if (baseType === 'MetricData') for (const metric of metricsOf(baseData.metrics)) addMetric(figures, metric);
}

function addMetric({ sums, metrics }: Figures, { name, value, count }: Metric): void {
  const label = short(name, 'externalGroups.');
  if (counted.has(name)) {
    add(sums, name, value);
    metrics.set(label, String(sums.get(name)));
  } else if (name.startsWith('externalGroups.'))
    metrics.set(
      label,
      /\.(?:depth|groups)$/.test(name) ? String(value) : `${Math.round(value / Math.max(1, count))} ms`,
    );
}

function describeFigures(figures: Figures): string[] {
  const pairs = (map: ReadonlyMap<string, unknown>) =>
    [...map].map(([name, value]) => `${name} ${value}`).join('  ');
  const lines: string[] = [];
  if (figures.events.size > 0 || figures.graphCalls > 0) {
    const graph = `Graph calls ${figures.graphCalls} (${figures.graphRefusals} refused)`;
    lines.push(`totals       ${[pairs(figures.events), graph].filter((part) => part !== '').join('  ·  ')}`);
  }
  if (figures.metrics.size > 0) lines.push(`metrics      ${pairs(figures.metrics)}`);
  return lines;
}

interface Metric {
  readonly name: string;
  readonly value: number;
  readonly count: number;
}

function metricsOf(value: unknown): Metric[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).map((metric) => ({
    name: String(metric.name),
    value: Number(metric.value),
    count: Number(metric.count ?? 1),
  }));
}

function isGraphCall(name: unknown): boolean {
  return typeof name === 'string' && name.includes('/external/connections/');
}

function short(name: unknown, prefix: string): string {
  return String(name).replace(prefix, '');
}

function add(map: Map<string, number>, name: string, value: number): void {
  map.set(name, (map.get(name) ?? 0) + value);
}

import type { Stack } from '../../../local/stack/stack.ts';
import type { TelemetryItem } from '../../../local/stand-ins/telemetry/check-item.ts';
import { propertiesOf } from '../../../local/watch/trace-tree.ts';

/** What has arrived at the intake so far, by kind. */
export function received({ telemetry }: Stack) {
  const items = telemetry.items();
  const of = (baseType: string) => items.filter(({ data }) => data.baseType === baseType);
  return {
    items,
    dependencies: of('RemoteDependencyData'),
    graphCalls: of('RemoteDependencyData').filter(({ data }) => data.baseData.type === 'Http'),
    work: of('RemoteDependencyData').filter(({ data }) => data.baseData.type === 'InProc'),
    events: of('EventData'),
    metrics: of('MetricData').map(toMetric),
  };
}

function toMetric(item: TelemetryItem) {
  const [metric] = item.data.baseData.metrics as readonly Record<string, unknown>[];
  return {
    name: metric?.name,
    value: Number(metric?.value),
    count: Number(metric?.count),
    dimensions: propertiesOf(item),
    item,
  };
}

export function eventNames(items: readonly TelemetryItem[]): unknown[] {
  return items.map(({ data }) => data.baseData.name);
}

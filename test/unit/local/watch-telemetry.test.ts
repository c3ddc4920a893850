import { describe, expect, it } from 'vitest';
import type { TelemetryItem } from '../../../local/stand-ins/telemetry/check-item.ts';
import { telemetryWatcher } from '../../../local/watch/watch-telemetry.ts';

const item = (baseType: string, baseData: Record<string, unknown>): TelemetryItem => ({
  name: 'x',
  time: '2026-11-21T12:00:00Z',
  iKey: 'k',
  data: { baseType, baseData },
});
const metric = (name: string, value: number, count = 1) =>
  item('MetricData', { metrics: [{ name, value, count }] });

describe('the figures in the terminal', () => {
  it('say what became of the groups and what the metrics are, each line when it has changed', async () => {
    const items = [
      item('EventData', { name: 'ExternalGroupCreated' }),
      item('EventData', { name: 'ExternalGroupCreated' }),
      item('EventData', { name: 'ExternalGroupDeferred' }),
      item('RemoteDependencyData', { name: 'POST /v1.0/external/connections/c/groups', success: false }),
      item('RemoteDependencyData', { name: 'create-deferred-group', success: true }),
    ];
    const look = telemetryWatcher(() => items);
    expect(await look()).toEqual(['telemetry    Created 2  Deferred 1  ·  Graph calls 1 (1 refused)']);
    expect(await look()).toEqual([]);
    items.push(
      metric('externalGroups.create.duration', 300, 10),
      metric('externalGroups.graph.throttled', 2),
      metric('externalGroups.graph.throttled', 3),
      metric('something.else', 1),
    );
    expect(await look()).toEqual(['metrics      create.duration 30 ms  graph.throttled 5']);
  });
});

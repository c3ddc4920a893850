import { describe, expect, it } from 'vitest';
import type { TelemetryItem } from '../../../local/stand-ins/telemetry/check-item.ts';
import type { TelemetryCounters } from '../../../local/stand-ins/telemetry/telemetry-sink.ts';
import { createFreshItems } from '../../../local/watch/fresh-items.ts';
import { wrapLine } from '../../../local/watch/line.ts';
import { eventWatcher } from '../../../local/watch/watch-events.ts';
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
    const look = telemetryWatcher(() => items.splice(0));
    expect(await look()).toEqual(['totals       Created 2  Deferred 1  ·  Graph calls 1 (1 refused)']);
    expect(await look()).toEqual([]);
    items.push(
      metric('externalGroups.create.duration', 300, 10),
      metric('externalGroups.graph.throttled', 2),
      metric('externalGroups.graph.throttled', 3),
      metric('something.else', 1),
    );
    expect(await look()).toEqual(['metrics      create.duration 30 ms  graph.throttled 5']);
  });

  it('never count less than before, whatever the sink has forgotten or reset', async () => {
    let accepted = 3;
    const created = item('EventData', { name: 'ExternalGroupCreated' });
    const kept = [created];
    const look = telemetryWatcher(
      createFreshItems({
        items: () => kept,
        counters: () => ({ itemsAccepted: accepted }) as TelemetryCounters,
      }),
    );
    expect(await look()).toEqual(['totals       Created 1  ·  Graph calls 0 (0 refused)']);
    accepted = 4;
    expect(await look()).toEqual(['totals       Created 2  ·  Graph calls 0 (0 refused)']);
    accepted = 1;
    expect(await look()).toEqual(['totals       Created 3  ·  Graph calls 0 (0 refused)']);
  });
});

describe('what became of a group', () => {
  it('is a line with the time, the outcome and the group', async () => {
    const event = (name: string, properties: object) =>
      item('EventData', {
        name,
        properties: { connectionId: 'contosohr', groupId: 'dayshift', ...properties },
      });
    const items = [
      event('ExternalGroupCreated', {}),
      event('ExternalGroupDeferred', { reason: 'throttled' }),
      event('ExternalGroupChanged', { change: 'members', added: '3', removed: '1' }),
      event('ExternalGroupChanged', { change: 'updated' }),
      event('ExternalGroupFailed', { code: 'members-refused' }),
      event('SomethingElse', {}),
    ];
    const look = eventWatcher(() => items.splice(0));
    expect(await look()).toEqual([
      '12:00:00.000 created contosohr/dayshift',
      '12:00:00.000 deferred contosohr/dayshift (throttled)',
      '12:00:00.000 members +3 −1 of contosohr/dayshift',
      '12:00:00.000 updated contosohr/dayshift',
      '12:00:00.000 failed contosohr/dayshift (members-refused)',
    ]);
    expect(await look()).toEqual([]);
  });
});

describe('a line that is longer than the terminal', () => {
  it('is broken between words, and indented', () => {
    const line = '12:00:00.000 one two three four five';
    expect(wrapLine(line, undefined, 13)).toBe(line);
    expect(wrapLine(line, 80, 13)).toBe(line);
    expect(wrapLine(line, 22, 13)).toBe('12:00:00.000 one two\n             three\n             four five');
    expect(wrapLine('a-word-that-is-too-long for it', 10, 2)).toBe('a-word-that-is-too-long\n  for it');
  });
});

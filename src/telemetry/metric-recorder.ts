import type { Meter } from '@opentelemetry/api';
import type { MetricSignal } from './signal.ts';
import type { MetricName } from './telemetry.ts';

type Record = (value: number, attributes: MetricSignal['attributes']) => void;

/** One instrument for each metric: durations and ages as distributions, calls and dead letters as sums. */
export function createMetricRecorder(meter: Meter): (signal: MetricSignal) => void {
  const histogram = (name: MetricName): Record => {
    const instrument = meter.createHistogram(name, { unit: 'ms' });
    return (value, attributes) => instrument.record(value, attributes);
  };
  const counter = (name: MetricName): Record => {
    const instrument = meter.createCounter(name);
    return (value, attributes) => instrument.add(value, attributes);
  };
  const gauge = (name: MetricName): Record => {
    const instrument = meter.createGauge(name);
    return (value, attributes) => instrument.record(value, attributes);
  };
  const records: { readonly [name in MetricName]: Record } = {
    'externalGroups.create.duration': histogram('externalGroups.create.duration'),
    'externalGroups.queue.age': histogram('externalGroups.queue.age'),
    'externalGroups.queue.depth': gauge('externalGroups.queue.depth'),
    'externalGroups.graph.throttled': counter('externalGroups.graph.throttled'),
    'externalGroups.deadLetters': counter('externalGroups.deadLetters'),
    'externalGroups.members.applied': counter('externalGroups.members.applied'),
    'externalGroups.change.age': histogram('externalGroups.change.age'),
    'externalGroups.changes.superseded': counter('externalGroups.changes.superseded'),
    'externalGroups.sources.ignored': counter('externalGroups.sources.ignored'),
    'externalGroups.groups': gauge('externalGroups.groups'),
    'externalGroups.groups.failed': gauge('externalGroups.groups.failed'),
  };
  return ({ name, value, attributes }) => records[name](value, attributes);
}

import type { TelemetryItem } from '../stand-ins/telemetry/check-item.ts';
import type { TelemetrySink } from '../stand-ins/telemetry/telemetry-sink.ts';

/** What has arrived since the last call. The sink keeps the newest items only: a burst beyond that is told in part. */
export type FreshItems = () => readonly TelemetryItem[];

export function createFreshItems(sink: Pick<TelemetrySink, 'items' | 'counters'>): FreshItems {
  let seen = 0;
  return () => {
    const { itemsAccepted } = sink.counters();
    // Fewer than before: the sink was reset.
    const count = itemsAccepted < seen ? itemsAccepted : itemsAccepted - seen;
    seen = itemsAccepted;
    return count === 0 ? [] : sink.items().slice(-count);
  };
}

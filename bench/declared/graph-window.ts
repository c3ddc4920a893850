import type { GraphCall } from '../../local/stand-ins/graph/call-log.ts';
import type { GraphStandIn } from '../../local/stand-ins/graph/graph-stand-in.ts';

/** The calls of Graph since a moment; unlike after a reset, it keeps its groups. */
export interface GraphWindow {
  readonly calls: () => readonly GraphCall[];
  readonly requests: () => number;
  /** Writes that were carried out. */
  readonly writes: () => number;
}

export function openGraphWindow(graph: Pick<GraphStandIn, 'calls' | 'counters'>): GraphWindow {
  const after = graph.calls().at(-1)?.seq ?? 0;
  const before = graph.counters();
  return {
    calls: () => graph.calls(after),
    requests: () => graph.counters().requests - before.requests,
    writes: () => sumOf(graph.counters().writes) - sumOf(before.writes),
  };
}

/** Calls per second from the arrival of the first until the end of the last. */
export function rateOf(calls: readonly GraphCall[]): number {
  const begun = calls.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
  const ended = calls.reduce((last, { at, durationMs = 0 }) => Math.max(last, at + durationMs), 0);
  return calls.length / ((ended - begun) / 1000);
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

import { lazily, onFirstUse } from '../shared/lazily.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { CreateExternalGroup } from './create-external-group.ts';
import type { ReadFromGraph, WriteToGraph } from './graph-writer.ts';
import type { GraphSettings } from './open-graph.ts';
import type { GraphProbe } from './probe.ts';
import type { FindUsers } from './users.ts';

/** Everything that this app does with Graph. */
export interface Graph {
  readonly createExternalGroup: CreateExternalGroup;
  readonly write: WriteToGraph;
  readonly read: ReadFromGraph;
  readonly findUsers: FindUsers;
  readonly probe: () => Promise<GraphProbe>;
}

/** Loaded on first use, so that it does not slow down a cold start. */
export function createGraph(settings: GraphSettings, telemetry: Telemetry): Graph {
  const opened = lazily(async () => (await import('./open-graph.ts')).openGraph(settings, telemetry));
  return {
    createExternalGroup: onFirstUse(opened, (graph) => graph.createExternalGroup),
    write: onFirstUse(opened, (graph) => graph.write),
    read: onFirstUse(opened, (graph) => graph.read),
    findUsers: onFirstUse(opened, (graph) => graph.findUsers),
    probe: onFirstUse(opened, (graph) => graph.probe),
  };
}

import type { GraphStandIn } from '../../local/stand-ins/graph/graph-stand-in.ts';
import { operationIdOf } from '../../src/groups/operation-id.ts';
import type { Storage } from '../support/storage.ts';
import type { Creation } from './senders.ts';

/** The results at the end; every count but the first three must be 0. */
export interface Audit {
  readonly creations: number;
  readonly succeeded: number;
  readonly createdOnce: number;
  readonly operationsMissing: number;
  readonly operationsFailed: number;
  readonly operationsOpen: number;
  readonly operationsUnknown: number;
  readonly neverCreated: number;
  readonly createdTwice: number;
  readonly createdDifferently: number;
  readonly leftOnWorkQueue: number;
  readonly leftOnPoisonQueue: number;
  readonly leftAsDeadLetters: number;
}

/** Compares what was sent with the content of Graph, the operations table and the queues. */
export async function audit(
  creations: readonly Creation[],
  graph: GraphStandIn,
  storage: Storage,
): Promise<Audit> {
  const operations = await storage.operationStatuses();
  const { createsPerGroup } = graph.counters();
  const inGraph = new Map(graph.groups().map((group) => [`${group.connectionId}/${group.id}`, group]));
  const statuses = creations.map(({ connectionId, group }) =>
    operations.get(operationIdOf(connectionId, group)),
  );
  const creates = creations.map(
    ({ connectionId, group }) => createsPerGroup[`${connectionId}/${group.id}`] ?? 0,
  );
  const different = creations.filter(({ connectionId, group }) => {
    const found = inGraph.get(`${connectionId}/${group.id}`);
    return found?.displayName !== group.displayName || found?.description !== group.description;
  });
  const count = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length;
  return {
    creations: creations.length,
    succeeded: count(statuses, (status) => status === 'succeeded'),
    createdOnce: count(creates, (times) => times === 1),
    operationsMissing: count(statuses, (status) => status === undefined),
    operationsFailed: count(statuses, (status) => status === 'failed'),
    operationsOpen: count(statuses, (status) => status === 'notStarted' || status === 'running'),
    operationsUnknown: operations.size - count(statuses, (status) => status !== undefined),
    neverCreated: count(creates, (times) => times === 0),
    createdTwice: count(creates, (times) => times > 1),
    createdDifferently: different.length,
    leftOnWorkQueue: await storage.count('work'),
    leftOnPoisonQueue: await storage.count('poison'),
    leftAsDeadLetters: await storage.count('deadLetters'),
  };
}

/** The violations in an audit as text; empty if there are none. */
export function violationsOf({ creations, succeeded, createdOnce, ...mustBeZero }: Audit): string[] {
  const found = Object.entries(mustBeZero)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name}: ${count}`);
  if (succeeded !== creations) found.push(`succeeded: ${succeeded} of ${creations}`);
  if (createdOnce !== creations) found.push(`createdOnce: ${createdOnce} of ${creations}`);
  return found;
}

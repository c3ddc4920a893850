import type { GraphAnswer } from '../groups/graph-answer.ts';
import type { GraphWrite } from '../groups/graph-write.ts';
import { readGroupOf, writeGroup } from './groups.ts';
import { writeMember } from './members.ts';
import { notBegun } from './transport/attempt-call.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';

/** Carries out one write of a declared group, as one call. Never rejects. */
export type WriteToGraph = (
  connectionId: string,
  write: GraphWrite,
  options: CallOptions,
) => Promise<GraphAnswer>;

/** Reads one group. Never rejects. */
export type ReadFromGraph = (
  connectionId: string,
  groupId: string,
  options: CallOptions,
) => Promise<GraphAnswer>;

export function createGraphWriter(calls: () => Promise<GraphCalls>): WriteToGraph {
  return async function writeToGraph(connectionId, write, options) {
    try {
      const graph = await calls();
      return await (write.kind === 'add-member' || write.kind === 'remove-member'
        ? writeMember(graph, connectionId, write, options)
        : writeGroup(graph, connectionId, write, options));
    } catch (thrown) {
      return notBegun(thrown);
    }
  };
}

export function createGraphReader(calls: () => Promise<GraphCalls>): ReadFromGraph {
  return async function readFromGraph(connectionId, groupId, options) {
    try {
      return await readGroupOf(await calls(), connectionId, groupId, options);
    } catch (thrown) {
      return notBegun(thrown);
    }
  };
}

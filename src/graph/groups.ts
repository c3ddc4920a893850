import type { ExternalGroup } from '../groups/external-group.ts';
import type { Done, GraphAnswer, Refusal, Unserved } from '../groups/graph-answer.ts';
import type { GraphWrite } from '../groups/graph-write.ts';
import { readProperties } from '../groups/group-properties.ts';
import { answerOf, isDone, saysThatItExists } from './answer.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';
import { type GraphResponse, member } from './transport/read-response.ts';

type GroupWrite = Extract<GraphWrite, { readonly kind: 'create-group' | 'update-group' | 'delete-group' }>;
/** Graph has shown the group. */
export type Shown = Done & { readonly group: ExternalGroup };

/** Creates, changes or deletes a group: one call, nothing read back. Never rejects. */
export function writeGroup(
  calls: GraphCalls,
  connectionId: string,
  write: GroupWrite,
  options: CallOptions,
): Promise<GraphAnswer> {
  switch (write.kind) {
    case 'create-group':
      return createGroup(calls, connectionId, write.group, options);
    case 'update-group':
      return answerOf(() => calls.updateGroup(connectionId, write.group, options), done);
    case 'delete-group':
      return answerOf(() => calls.deleteGroup(connectionId, write.groupId, options), done);
  }
}

/** Creates a group: one call, nothing read back. 409 is the likely answer where it exists, though undocumented. Never rejects. */
export function createGroup(
  calls: GraphCalls,
  connectionId: string,
  group: ExternalGroup,
  options: CallOptions,
): Promise<Shown | Refusal | Unserved> {
  return answerOf(
    () => calls.createGroup(connectionId, group, options),
    (response): Shown | Refusal | null => {
      if (response.status === 409 || saysThatItExists(response))
        return { kind: 'exists', graph: response.graph };
      return isDone(response) ? shown(response, group.id) : null;
    },
  );
}

/** Reads a group. Never rejects. */
export function readGroupOf(
  calls: GraphCalls,
  connectionId: string,
  groupId: string,
  options: CallOptions,
): Promise<Shown | Refusal | Unserved> {
  return answerOf(
    () => calls.readGroup(connectionId, groupId, options),
    (response) => (response.status === 200 ? shown(response, groupId) : null),
  );
}

function shown({ body }: GraphResponse, id: string): Shown | null {
  const group = readGroup(body, id);
  return group === null ? null : { kind: 'ok', group };
}

function done(response: GraphResponse): Done | null {
  return isDone(response) ? { kind: 'ok' } : null;
}

/**
 * The documented properties of a group in Graph's response; null if it is not the group with this id. Whether Graph's ids
 * are case-sensitive is undocumented: the id is returned as Graph spells it.
 */
export function readGroup(body: unknown, id: string): ExternalGroup | null {
  const returned = member(body, 'id');
  const properties = readProperties((name) => member(body, name));
  if (typeof returned !== 'string' || returned.toLowerCase() !== id.toLowerCase()) return null;
  return properties === null ? null : { id: returned, ...properties };
}

import { type ExternalGroup, sameContent } from '../groups/external-group.ts';
import type { GraphStatus, Refusal, Unserved } from '../groups/graph-answer.ts';
import type { Outcome } from '../groups/outcome.ts';
import { createGroup, readGroupOf, type Shown } from './groups.ts';
import { notBegun } from './transport/attempt-call.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';

export interface CreateOptions extends CallOptions {
  /** An earlier attempt may have created the group: read before writing. */
  readonly uncertain: boolean;
}

export type CreateExternalGroup = (
  connectionId: string,
  group: ExternalGroup,
  options: CreateOptions,
) => Promise<Outcome>;

/**
 * One attempt to create a group, settled as far as Graph allows:
 *
 *     uncertain? ── read ── ok ────────► created | conflict
 *         │           └──── absent ─┐
 *         └── no ───────────────────┴─ create ── ok ─────► created
 *                                        ├────── exists ─ read ─► unchanged | created | conflict
 *                                        ├────── silent ─ read ─► created | conflict | silent
 *                                        └────── anything else is final for this attempt
 *
 * Never rejects: every result is an {@link Outcome}.
 */
export function createGroupCreation(calls: () => Promise<GraphCalls>): CreateExternalGroup {
  return async (connectionId, group, { uncertain, ...options }) => {
    let graph: GraphCalls;
    try {
      graph = await calls();
    } catch (thrown) {
      return { ...notBegun(thrown), uncertain };
    }
    const read = () => readGroupOf(graph, connectionId, group.id, options);

    if (uncertain) {
      const found = await read();
      if (found.kind === 'ok') return compare(found.group, group, 'created', null);
      if (found.kind !== 'absent') return toOutcome(found, true);
    }

    const answer = asFinal(await createGroup(graph, connectionId, group, options));
    switch (answer.kind) {
      case 'ok':
        return { kind: 'created', group: answer.group };
      case 'exists': {
        const found = await read();
        if (found.kind === 'ok')
          return compare(found.group, group, uncertain ? 'created' : 'unchanged', answer.graph);
        // Graph has been seen to answer 404 for a group that exists (msgraph-sdk-dotnet#3169): read again later.
        return toOutcome(found.kind === 'absent' ? notShown(found) : found, uncertain);
      }
      case 'silent': {
        const found = await read();
        if (found.kind === 'ok') return compare(found.group, group, 'created', answer.graph);
        return { ...answer, retryAfter: longerWait(answer, found), uncertain: true };
      }
      default:
        return toOutcome(answer, uncertain);
    }
  };
}

/** To the sender of a creation every 4xx is final that is not about access, the connection or the rate: 408 and 423 too. */
function asFinal(answer: Shown | Refusal | Unserved): Shown | Refusal | Unserved {
  const isOpen = answer.kind === 'silent' || answer.kind === 'not-begun';
  return isOpen && answer.graph !== null && answer.graph.status >= 400 && answer.graph.status < 500
    ? { kind: 'refused', graph: answer.graph }
    : answer;
}

/** `exists` cannot occur here: a creation with that answer reads the group, and no read has that answer. */
function toOutcome(answer: Refusal | Unserved, uncertain: boolean): Outcome {
  switch (answer.kind) {
    case 'throttled':
    case 'not-begun':
    case 'silent':
      return { ...answer, uncertain };
    case 'exists':
      return { kind: 'refused', graph: answer.graph };
    default:
      return { kind: answer.kind, graph: answer.graph };
  }
}

function notShown({ graph }: Refusal): Unserved {
  const why = 'Graph says that the group exists, but could not be made to show it';
  return { kind: 'not-begun', why, graph, retryAfter: null };
}

function longerWait(answer: Unserved, found: Refusal | Unserved): number | null {
  const asked = 'retryAfter' in found ? found.retryAfter : null;
  return answer.retryAfter === null && asked === null ? null : Math.max(answer.retryAfter ?? 0, asked ?? 0);
}

function compare(
  existing: ExternalGroup,
  wanted: ExternalGroup,
  same: 'created' | 'unchanged',
  graph: GraphStatus | null,
): Outcome {
  return sameContent(existing, wanted)
    ? { kind: same, group: existing }
    : { kind: 'conflict', existing, graph };
}

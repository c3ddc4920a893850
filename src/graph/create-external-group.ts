import { type ExternalGroup, sameContent } from '../groups/external-group.ts';
import type { GraphAnswer, Outcome, Throttled, Unavailable } from '../groups/outcome.ts';
import { describeError } from '../problems/adapter-error.ts';
import { readGroup } from './read-group.ts';
import type { CallOptions, GraphCalls } from './transport/call-graph.ts';
import { callGraph } from './transport/no-answer.ts';
import type { ReadAnswer } from './transport/read-answer.ts';
import { isDuplicate } from './write-answer.ts';

export interface CreateOptions extends CallOptions {
  /** An earlier attempt may have created the group: read before writing. */
  readonly uncertain: boolean;
}

export type CreateExternalGroup = (
  connectionId: string,
  group: ExternalGroup,
  options: CreateOptions,
) => Promise<Outcome>;

type Found =
  | { readonly kind: 'present'; readonly group: ExternalGroup }
  | { readonly kind: 'absent'; readonly graph: GraphAnswer }
  | { readonly kind: 'failed'; readonly outcome: Outcome };

/**
 * One attempt to create a group, settled as far as Graph allows:
 *
 *     uncertain? ── read ── present ─────────────► created | conflict
 *         │           └──── absent ──┐
 *         └── no ────────────────────┴─ write ── 201 ─► created
 *                                         ├──── 409 ── read ─► unchanged | created | conflict
 *                                         ├──── ambiguous ── read ─► created | conflict | unavailable
 *                                         └──── anything else is final for this attempt
 *
 * Never rejects: whatever happens is an {@link Outcome}.
 */
export function createGroupCreation(calls: () => Promise<GraphCalls>): CreateExternalGroup {
  return async (connectionId, group, { uncertain, ...options }) => {
    let graph: GraphCalls;
    try {
      graph = await calls();
    } catch (thrown) {
      return { kind: 'unavailable', why: describeError(thrown), graph: null, retryAfter: null, uncertain };
    }
    const read = () => findGroup(graph, connectionId, group.id, options);

    if (uncertain) {
      const found = await read();
      if (found.kind === 'present') return compare(found.group, group, 'created', null);
      if (found.kind === 'failed') return stillUncertain(found.outcome);
    }

    const answer = await attempt(() => graph.createGroup(connectionId, group, options));
    if ('kind' in answer) {
      const ambiguous = answer.kind === 'unavailable' && answer.uncertain;
      return ambiguous ? readBack(answer, read, group) : { ...answer, uncertain };
    }
    if (answer.status === 201) {
      const created = readGroup(answer.body, group.id);
      if (created !== null) return { kind: 'created', group: created };
    }
    if (isDuplicate(answer)) {
      const found = await read();
      if (found.kind === 'present')
        return compare(found.group, group, uncertain ? 'created' : 'unchanged', answer.graph);
      // Graph has been seen to answer 404 for a group that exists (msgraph-sdk-dotnet#3169): read again later.
      const why = 'Graph says that the group exists, but could not be made to show it';
      return found.kind === 'absent'
        ? { kind: 'unavailable', why, graph: found.graph, retryAfter: null, uncertain }
        : withUncertainty(found.outcome, uncertain);
    }
    const outcome = classify(answer);
    const ambiguous = outcome.kind === 'unavailable' && outcome.uncertain;
    return ambiguous ? readBack(outcome, read, group) : withUncertainty(outcome, uncertain);
  };
}

/** After a write whose effect is unknown: what Graph shows decides; if it shows nothing, the outcome stays uncertain. */
async function readBack(
  failure: Unavailable,
  read: () => Promise<Found>,
  group: ExternalGroup,
): Promise<Outcome> {
  const found = await read();
  if (found.kind === 'present') return compare(found.group, group, 'created', failure.graph);
  const asked = found.kind === 'failed' && 'retryAfter' in found.outcome ? found.outcome.retryAfter : null;
  const retryAfter =
    failure.retryAfter === null && asked === null ? null : Math.max(failure.retryAfter ?? 0, asked ?? 0);
  return { ...failure, retryAfter };
}

async function findGroup(
  graph: GraphCalls,
  connectionId: string,
  groupId: string,
  options: CallOptions,
): Promise<Found> {
  const answer = await attempt(() => graph.readGroup(connectionId, groupId, options));
  if ('kind' in answer) return { kind: 'failed', outcome: answer };
  if (answer.status === 404) return { kind: 'absent', graph: answer.graph };
  const group = answer.status === 200 ? readGroup(answer.body, groupId) : null;
  return group === null ? { kind: 'failed', outcome: classify(answer) } : { kind: 'present', group };
}

function compare(
  existing: ExternalGroup,
  wanted: ExternalGroup,
  same: 'created' | 'unchanged',
  graph: GraphAnswer | null,
): Outcome {
  return sameContent(existing, wanted)
    ? { kind: same, group: existing }
    : { kind: 'conflict', existing, graph };
}

async function attempt(call: () => Promise<ReadAnswer>): Promise<ReadAnswer | Unavailable | Throttled> {
  const answer = await callGraph(call);
  if ('status' in answer) return answer;
  const { kind, why, retryAfter } = answer;
  return kind === 'held-back'
    ? { kind: 'throttled', graph: null, retryAfter, uncertain: false }
    : { kind: 'unavailable', why, graph: null, retryAfter, uncertain: kind === 'lost' };
}

/** An unexpected response, judged by its status alone: texts and content types are not reliable. */
function classify({ status, graph, retryAfter }: ReadAnswer): Outcome {
  if (status === 401 || status === 403) return { kind: 'denied', graph };
  if (status === 404) return { kind: 'unknown-connection', graph };
  if (status === 429) return { kind: 'throttled', graph, retryAfter, uncertain: false };
  if (status >= 400 && status < 500) return { kind: 'refused', graph };
  const why = `Graph answered ${status}${status < 300 ? ' without the group' : ''}`;
  return { kind: 'unavailable', why, graph, retryAfter, uncertain: true };
}

function stillUncertain(outcome: Outcome): Outcome {
  return withUncertainty(outcome, true);
}

function withUncertainty(outcome: Outcome, uncertain: boolean): Outcome {
  const open = (kept: Outcome): kept is Throttled | Unavailable =>
    kept.kind === 'throttled' || kept.kind === 'unavailable';
  return open(outcome) ? { ...outcome, uncertain } : outcome;
}

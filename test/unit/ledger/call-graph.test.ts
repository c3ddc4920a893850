import { describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../src/groups/graph-answer.ts';
import { callGraph } from '../../../src/ledger/call-graph.ts';
import { applyAnswers } from '../../../src/ledger/core/apply-answers.ts';
import { newHead } from '../../../src/ledger/core/head.ts';
import { plan } from '../../../src/ledger/core/plan.ts';
import { record } from '../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../src/ledger/core/state.ts';
import type { GraphPort } from '../../../src/ledger/ports.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const now = Date.UTC(2026, 0, 1);
const members = Array.from({ length: 200 }, (_, index) => ({
  type: 'user' as const,
  id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
}));

const served: GraphAnswer = { kind: 'ok' };
const throttled = (retryAfter: number | null): GraphAnswer => ({
  kind: 'throttled',
  why: 'throttled',
  graph: { status: 429, code: 'TooManyRequests', requestId: null },
  retryAfter,
});

/** A group that is in Graph, with two hundred members that are to be added, and some of them to be removed first. */
function markedCalls(removed = 0) {
  let state: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  const changes = [
    { ...about, kind: 'put-group', displayName: null, description: null },
    { ...about, kind: 'put-members', members },
  ] as const;
  for (const change of changes) {
    const recorded = record(state, change, now);
    if (recorded.kind === 'changed') state = recorded.state;
  }
  if (removed > 0) {
    const recorded = record(
      state,
      { ...about, kind: 'patch-members', add: [], remove: members.slice(0, removed) },
      now,
    );
    if (recorded.kind === 'changed') state = recorded.state;
  }
  const head = { ...state.head, step: 'done', seen: true } as const;
  return plan({ ...state, head }, 'owner', now);
}

/** Makes the calls with answers by the number of the call, counted from 0, and learns from them. */
async function make(answerTo: (call: number) => GraphAnswer | Promise<GraphAnswer>, removed = 0) {
  let calls = 0;
  const made: string[] = [];
  const graph: GraphPort = {
    write: (_connectionId, { kind }) => {
      made.push(kind);
      return Promise.resolve(answerTo(calls++));
    },
    read: () => Promise.resolve({ kind: 'ok', group: { id: 'night' } }),
  };
  const context = {
    telemetry: { event: () => undefined, metric: () => undefined },
    random: () => 0,
    newId: () => 'id',
    callTimeout: 1_000,
    giveUpAfter: 1_000,
  };
  const marked = markedCalls(removed);
  const monotonic = systemClock.monotonic();
  const called = await callGraph({ graph, context, clock: systemClock }, marked.calls, {
    ...about,
    markedAt: monotonic,
    beginUntil: monotonic + 10_000,
    endBy: monotonic + 10_000,
    trace: newTrace(),
    urgent: false,
  });
  const applied = applyAnswers(marked.state, called.answered, {
    now,
    giveUpAfter: 1_000_000,
    waitAfter: () => 2_000,
    isGroupSeen: false,
  });
  return { calls, made, notBefore: applied.state.head.notBefore, applied: applied.confirmed };
}

describe('the calls of a chunk', () => {
  it('go on after a lone 429 that names no wait, and the group is due again at once', async () => {
    const { calls, notBefore, applied } = await make((call) => (call === 40 ? throttled(null) : served));
    expect({ calls, notBefore, applied }).toEqual({ calls: 200, notBefore: 0, applied: 199 });
  });

  it('go on after several 429s of calls that were in flight together', async () => {
    const { calls, notBefore, applied } = await make((call) =>
      call >= 40 && call < 45 ? throttled(null) : served,
    );
    expect({ calls, notBefore, applied }).toEqual({ calls: 200, notBefore: 0, applied: 195 });
  });

  it('end with a 429 of a call that was begun after one, and the group waits', async () => {
    const { calls, notBefore } = await make((call) => (call > 40 ? throttled(null) : served));
    expect(calls).toBeLessThan(100);
    expect(notBefore).toBe(now + 2_000);
  });

  it('end with the first 429 that names a wait', async () => {
    const { calls, notBefore } = await make((call) => (call === 40 ? throttled(7) : served));
    expect(calls).toBeLessThan(75);
    expect(notBefore).toBe(now + 2_000);
  });

  it('end with a refusal of the identity', async () => {
    const denied: GraphAnswer = { kind: 'denied', graph: { status: 403, code: null, requestId: null } };
    const { calls, notBefore } = await make((call) => (call === 40 ? denied : served));
    expect(calls).toBeLessThan(75);
    expect(notBefore).toBe(now + 2_000);
  });

  it('are removals first: no addition begins before the last of them is answered', async () => {
    let begun = 0;
    let begunMeanwhile = 0;
    const first = Promise.withResolvers<GraphAnswer>();
    const { made } = await make((call) => {
      begun = call + 1;
      if (call > 0) return served;
      // Once nothing else begins, the first removal is answered.
      setImmediate(() => {
        begunMeanwhile = begun;
        first.resolve(served);
      });
      return first.promise;
    }, 60);
    expect(begunMeanwhile).toBe(60);
    expect(made).toHaveLength(200);
    expect(new Set(made.slice(0, 60))).toEqual(new Set(['remove-member']));
  });

  it('end if the first is answered 429', async () => {
    const { calls } = await make((call) => (call === 0 ? throttled(null) : served));
    expect(calls).toBeLessThan(30);
  });
});

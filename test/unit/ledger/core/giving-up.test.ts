import { describe, expect, it } from 'vitest';
import { afterRound, type RetryPolicy } from '../../../../src/ledger/core/after-round.ts';
import type { Answer } from '../../../../src/ledger/core/answered.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { lookDelayOf, withLeaseReleased, withoutExpiredLease } from '../../../../src/ledger/core/lease.ts';
import { plan } from '../../../../src/ledger/core/plan.ts';
import { awaitsGroup } from '../../../../src/ledger/core/progress.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import { maxCrashes, timing } from '../../../../src/ledger/core/timing.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const now = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const put = {
  connectionId: 'contosohr',
  groupId: 'night',
  kind: 'put-group',
  displayName: 'Night',
  description: null,
} as const;

function startWork() {
  const empty = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  const recording = record(empty, put, now);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  const { state, calls } = plan(recording.state, 'worker-1', now);
  const [call] = calls;
  if (call === undefined) throw new Error('there is nothing to call');
  return { head: state.head, call };
}

describe('a group whose calls fail', () => {
  const graph = { status: 503, code: null, requestId: null };
  const silent: Answer = { kind: 'silent', why: 'no answer', graph, retryAfter: null };
  const denied: Answer = { kind: 'denied', graph: { ...graph, status: 403 } };
  const retry: RetryPolicy = { now, giveUpAfter: hour, waitAfter: () => 5_000 };

  it('is tried again after the wait, as long as it is not given up', () => {
    const { head, call } = startWork();
    expect(afterRound(head, [{ call, answer: silent }], retry)).toMatchObject({
      attempts: 1,
      failingSince: now,
      notBefore: now + 5_000,
      error: { code: 'graph-unavailable' },
    });
  });

  it.each([
    ['silence', silent, 'gave-up'],
    ['a refused identity', denied, 'graph-access-denied'],
  ])('is given up once %s has lasted long enough, not before', (_what, answer, code) => {
    const { head, call } = startWork();
    const failing = (since: number) => ({ ...head, attempts: 7, failingSince: now - since });
    const ends = (since: number) => afterRound(failing(since), [{ call, answer }], retry);
    expect(ends(hour - 1)).not.toHaveProperty('failed');
    expect(ends(hour)).toMatchObject({ failed: true, attempts: 8, error: { code } });
  });
});

describe('work that is interrupted again and again', () => {
  const interrupted = (crashes: number) => {
    const { head } = startWork();
    return { ...head, crashes, lease: { owner: 'worker-1', until: now } };
  };

  it('is counted, tried later each time, and given up in the end', () => {
    const next = withoutExpiredLease(interrupted(0), now);
    expect(next).toMatchObject({ crashes: 1, lease: null, failed: false });
    expect(lookDelayOf(next)).toBe(2 * timing.lookAfter);
    expect(withoutExpiredLease(interrupted(maxCrashes - 1), now)).toMatchObject({
      failed: true,
      error: { code: 'crashed' },
    });
  });

  it('is left to its holder until the lease has expired, and not counted once it is released', () => {
    const held = interrupted(2);
    expect(withoutExpiredLease(held, now - 1)).toBe(held);
    expect(withLeaseReleased(held)).toMatchObject({ crashes: 0, lease: null });
  });
});

it('members wait while the group is to be created, changed, deleted or read', () => {
  const { head } = startWork();
  const done = { ...head, step: 'done', seen: true } as const;
  expect(awaitsGroup(done)).toBe(false);
  expect(awaitsGroup({ ...done, step: 'again' })).toBe(false);
  expect(awaitsGroup({ ...done, step: 'todo' })).toBe(true);
  expect(awaitsGroup({ ...done, ending: true })).toBe(true);
  expect(awaitsGroup({ ...done, want: { kind: 'gone' } })).toBe(true);
  expect(awaitsGroup({ ...done, step: 'again', want: { kind: 'unspecified' } })).toBe(true);
});

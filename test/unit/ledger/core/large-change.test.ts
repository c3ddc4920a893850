import { describe, expect, it } from 'vitest';
import type { Member } from '../../../../src/groups/member.ts';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { repair } from '../../../../src/ledger/core/drift.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { type Recording, recordInSteps } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const count = 20_000;
const group = { connectionId: 'contosohr', groupId: 'nightshift' };

function member(index: number): Member {
  return { type: 'user', id: `00000000-0000-4000-8000-${index.toString().padStart(12, '0')}` };
}

function listFrom(first: number): Change {
  const members = Array.from({ length: count }, (_, index) => member(first + index));
  return { kind: 'put-members', ...group, members, removals: count };
}

function play(state: LedgerState, change: Change): { readonly recording: Recording; readonly steps: number } {
  const running = recordInSteps(state, change, 1);
  let steps = 0;
  for (;;) {
    const { done, value } = running.next();
    if (done) return { recording: value, steps };
    steps += 1;
  }
}

describe('a change of many members', () => {
  const empty = { head: newHead(group.connectionId, group.groupId, newTrace()), pages: new Map() };
  const first = play(empty, listFrom(0));
  const state = first.recording.kind === 'changed' ? first.recording.state : empty;
  // Every list is gone through at least once, some several times.
  const least = (2 * count) / 500;

  it('is recorded in steps that are short whatever the length of the list', () => {
    expect(first.recording.kind).toBe('changed');
    expect(first.steps).toBeGreaterThan(least);
  });

  it.each([
    ['that exchanges half of them', listFrom(count / 2)],
    ['that changes nothing', listFrom(0)],
    ['that writes all of them again', { kind: 'reassert', ...group } as const],
  ])('%s is so too', (_which, change) => {
    expect(play(state, change).steps).toBeGreaterThan(change.kind === 'reassert' ? count / 500 : least);
  });

  it('is written again in short steps where its group is missing', () => {
    const running = repair(state, 'missing', 2);
    let steps = 0;
    while (running.next().done !== true) steps += 1;
    expect(steps).toBeGreaterThan(count / 500);
  });
});

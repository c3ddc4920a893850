import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { newHead, sumOf } from '../../../../src/ledger/core/head.ts';
import { pagesFor } from '../../../../src/ledger/core/pages-to-read.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const member = { type: 'externalGroup', id: 'day' } as const;
const now = Date.UTC(2026, 0, 1);

/** Records a change as the ledger does: with no more pages than it asks for. */
function recorded(state: LedgerState, change: Change): LedgerState {
  const asked = pagesFor(state.head, change);
  const pages = new Map([...state.pages].filter(([index]) => asked.includes(index)));
  const recording = record({ head: state.head, pages }, change, now);
  if (recording.kind !== 'changed') throw new Error(recording.kind);
  return recording.state;
}

describe('a deletion with the sequence that members have already', () => {
  it.each([
    [5, 1],
    [6, 0],
  ])('with 5, and %i for the deletion, leaves %i: what has the same keeps what it has', (sequence, left) => {
    const empty = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
    const added = recorded(empty, {
      ...about,
      kind: 'patch-members',
      add: [member],
      remove: [],
      sequence: 5,
    });
    const deleted = recorded(added, { ...about, kind: 'delete-group', sequence });
    expect(deleted.head.want.kind).toBe('gone');
    expect(sumOf(deleted.head, 'wanted')).toBe(left);
  });
});

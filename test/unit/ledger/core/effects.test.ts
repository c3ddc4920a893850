import { expect, it } from 'vitest';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { computeEffects } from '../../../../src/ledger/core/effects.ts';
import { newHead } from '../../../../src/ledger/core/head.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { finish } from '../../../../src/shared/steps.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const now = Date.UTC(2026, 0, 1);
const put = (displayName: string): Change => ({
  connectionId: 'contosohr',
  groupId: 'night',
  kind: 'put-group',
  displayName,
  description: null,
});

/** A group that was declared; `seen`: Graph has shown that it is there. */
function declared(seen: boolean): LedgerState {
  const empty: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };
  const recorded = record(empty, put('Night'), now);
  const state = recorded.kind === 'changed' ? recorded.state : empty;
  return { ...state, head: { ...state.head, seen } };
}

it.each([
  [false, 'create'],
  [true, 'update'],
])('other properties of a group that Graph has shown: %s, are reckoned as %s', (seen, effect) => {
  expect(finish(computeEffects(declared(seen), put('Night shift'), now)).group).toBe(effect);
});

it('the same properties count as unchanged', () => {
  expect(finish(computeEffects(declared(false), put('Night'), now)).group).toBe('unchanged');
});

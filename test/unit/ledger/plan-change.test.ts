import { expect, it } from 'vitest';
import type { Change } from '../../../src/ledger/core/change.ts';
import { newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../src/ledger/core/state.ts';
import type { LedgerStore } from '../../../src/ledger/ledger-store.ts';
import { createPlanChange } from '../../../src/ledger/plan-change.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const putMembers = (count: number): Change => ({
  connectionId: 'contosohr',
  groupId: 'night',
  kind: 'put-members',
  members: Array.from({ length: count }, (_, n) => ({
    type: 'user',
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  })),
});

function changed(state: LedgerState, change: Change): LedgerState {
  const recording = record(state, change, Date.UTC(2026, 0, 1));
  if (recording.kind !== 'changed') throw new Error(`it is ${recording.kind}`);
  return recording.state;
}

const before = changed(
  { head: newHead('contosohr', 'night', newTrace()), pages: new Map() },
  putMembers(900),
);

/** Time passes with every reading of the clock. */
function planOver(
  readPages: (read: (of: LedgerState) => LedgerState['pages']) => LedgerState['pages'] | null,
) {
  let state = before;
  let time = 0;
  const store: Pick<LedgerStore, 'readHead' | 'readPages'> = {
    readHead: () =>
      Promise.resolve({ stored: { head: state.head, etag: String(state.head.bits) }, now: () => 0 }),
    readPages: (_head, asked) =>
      Promise.resolve(
        readPages((of) => {
          state = of;
          return new Map(asked.map((page) => [page, of.pages.get(page) ?? new Map()]));
        }),
      ),
  };
  const neverUsed = () => Promise.reject(new Error('not needed'));
  const rest = {
    write: neverUsed,
    forget: neverUsed,
    listHeads: neverUsed,
    noteConnection: neverUsed,
    isNoted: neverUsed,
    listConnections: neverUsed,
    readSweep: neverUsed,
    writeSweep: neverUsed,
  };
  const clock = {
    now: () => 0,
    monotonic: () => {
      time += 100;
      return time;
    },
    after: () => () => undefined,
    turn: () => Promise.resolve(),
  };
  return createPlanChange({ store: { ...store, ...rest }, clock });
}

it('a plan is made from one state, though the pages are split while it is read', async () => {
  const split = changed(before, putMembers(3_000));
  const plan = planOver((read) => read(split));
  expect(await plan(putMembers(3_000))).toMatchObject({ members: { add: 0, remove: 0, unchanged: 3_000 } });
});

it('a plan ends where the pages never match their head', async () => {
  await expect(planOver(() => null)(putMembers(1))).rejects.toMatchObject({ code: 'ledger-unavailable' });
});

import { expect, it } from 'vitest';
import { nameKey } from '../../../src/groups/member-name.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { computeEffects } from '../../../src/ledger/core/effects.ts';
import { newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import { createPlanByName } from '../../../src/ledger/declare-by-name.ts';
import { createResolveChange } from '../../../src/ledger/resolve-change.ts';
import { finish } from '../../../src/shared/steps.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const list = { ...about, kind: 'put-members', sequence: 5, members: [] } as const;
const now = Date.UTC(2026, 0, 1);

/** A group that a list with sequence 5 has left empty, in a directory where nobody has any name. */
function plan(change: RequestedChange) {
  const recording = record({ head: newHead('contosohr', 'night', newTrace()), pages: new Map() }, list, now);
  if (recording.kind !== 'changed') throw new Error(`it is ${recording.kind}`);
  const nobody = createResolveChange((names) =>
    Promise.resolve(new Map(names.map((name) => [nameKey(name), 'not-found' as const]))),
  );
  const planByName = createPlanByName({
    resolveChange: nobody,
    planChange: (resolved) => {
      const { group, members, names, superseded } = finish(computeEffects(recording.state, resolved, now));
      return Promise.resolve({ group, members, unmatched: names.unmatched, superseded });
    },
  });
  return planByName(change);
}

const ann = { type: 'user', name: { kind: 'mail', value: 'ann@contoso.com' }, at: '/add/0' } as const;
const adding = (sequence: number) =>
  ({ ...about, kind: 'patch-members', sequence, add: [ann], remove: [] }) as const;

it('a dry run says of a name that nobody has that the rest would be recorded, not that it is', async () => {
  const { refused } = await plan(adding(6));
  expect(refused).toMatchObject({ code: 'members-refused', members: { errors: [{ pointer: '/add/0' }] } });
  expect(refused?.detail).toContain('The rest of the change would be recorded.');
});

it('a dry run refuses no name of a change that a later one has superseded: the change itself would not either', async () => {
  expect(await plan(adding(4))).toEqual({
    group: 'unchanged',
    members: { add: 0, remove: 0, unchanged: 0 },
  });
});

import { expect, it } from 'vitest';
import { attemptWithin } from '../../../src/creations/attempt.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { createManualClock } from '../../support/manual-clock.ts';

it('an attempt that its deadline cuts off may have created the group', async () => {
  const clock = createManualClock();
  const attempt = attemptWithin(1_000, () => new Promise<Outcome>(() => undefined), clock);
  await clock.pass(60_000);
  expect(await attempt).toMatchObject({
    isCutShort: true,
    outcome: { kind: 'silent', uncertain: true, graph: null },
  });
});

it('an attempt that answers in time is what it answers', async () => {
  const outcome: Outcome = { kind: 'created', group: { id: 'a' } };
  const attempt = attemptWithin(1_000, () => Promise.resolve(outcome), createManualClock());
  expect(await attempt).toEqual({ isCutShort: false, outcome });
});

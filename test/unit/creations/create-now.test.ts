import { describe, expect, it } from 'vitest';
import { type CreationRequest, createCreateNow } from '../../../src/creations/create-now.ts';
import { createDefer } from '../../../src/creations/defer.ts';
import type { CreateExternalGroup } from '../../../src/graph/create-external-group.ts';
import { within } from '../../../src/shared/within.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const never = <T>() => new Promise<T>(() => undefined);
const graphDeadline = 10_000;

/** A creation against a Graph and a storage that say nothing, and how it has ended so far. */
function start(
  createExternalGroup: CreateExternalGroup,
  preference: Partial<CreationRequest['preference']> = {},
) {
  const clock = createManualClock();
  const runtime = { clock, random: () => 0.5, newId: () => 'delivery' };
  // What a use of storage promises: it ends within its bound, whatever storage does.
  const silent = <T>(milliseconds: number) => within<T>(milliseconds, never, clock);
  const createNow = createCreateNow({
    createExternalGroup,
    defer: createDefer(
      (_queue, _content, options) => silent(options.within),
      { record: (_operation, _delivery, bound) => silent(bound) },
      runtime,
    ),
    telemetry: silentTelemetry,
    limits: { graphDeadline, giveUpAfter: 86_400_000 },
    runtime,
  });
  const state: { ended: unknown } = { ended: null };
  createNow({
    connectionId: 'contosohr',
    group: { id: 'a' },
    preference: { respondAsync: false, wait: null, ...preference },
    trace: newTrace(),
    log: () => undefined,
  }).then(
    (result) => {
      state.ended = result;
    },
    (thrown) => {
      state.ended = thrown;
    },
  );
  return { clock, state };
}

describe('a caller', () => {
  it('gets an answer within the deadline and two seconds, whatever Graph and storage do', async () => {
    const { clock, state } = start(never);
    await clock.pass(graphDeadline + 2_000);
    await clock.pass(0);
    expect(state.ended).toMatchObject({ code: 'deferral-unavailable' });
  });

  it('gets an answer as soon if Graph honours the deadline', async () => {
    const unavailable = { kind: 'silent', why: '', graph: null, retryAfter: null } as const;
    const { clock, state } = start(async (_connection, _group, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { ...unavailable, uncertain: true };
    });
    await clock.pass(graphDeadline + 2_000);
    await clock.pass(0);
    expect(state.ended).toMatchObject({ code: 'deferral-unavailable' });
  });

  it.each([
    [{ respondAsync: true }, graphDeadline],
    [{ wait: 1_000 }, 1_000],
    [{ wait: 0 }, 0],
    [{ wait: 1_000, respondAsync: true }, 1_000],
    [{ wait: 60_000 }, graphDeadline],
  ])('that prefers %j gets an answer within it and two seconds', async (preference, deadline) => {
    const { clock, state } = start(never, preference);
    await clock.pass(deadline + 2_000);
    await clock.pass(0);
    expect(state.ended).toMatchObject({ code: 'deferral-unavailable' });
  });
});

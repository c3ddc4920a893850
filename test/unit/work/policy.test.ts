import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { decideQueued, delayBefore, longestDelay, policy } from '../../../src/work/policy.ts';

const graph = { status: 500, code: null, requestId: null };
const group = { id: 'a' };
const retryAfter = fc.option(fc.double({ min: 0, max: 10 * longestDelay, noNaN: true }));
const open = fc.record({ graph: fc.constant(graph), retryAfter, uncertain: fc.boolean() });
const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>(
    { kind: 'created', group },
    { kind: 'unchanged', group },
    { kind: 'conflict', existing: group, graph },
    { kind: 'unknown-connection', graph },
    { kind: 'refused', graph },
    { kind: 'denied', graph },
  ),
  open.map((given) => ({ kind: 'throttled', ...given }) as const),
  open.map((given) => ({ kind: 'unavailable', why: 'x', ...given }) as const),
);
const anyCircumstances = fc.record({
  attempts: fc.integer({ min: 1, max: 10_000 }),
  age: fc.double({ min: 0, max: 1e8, noNaN: true }),
  giveUpAfter: fc.double({ min: 1, max: 1e7, noNaN: true }),
  random: fc.double({ min: 0, max: 0.999999, noNaN: true }),
});

describe('the policy', () => {
  it('ends what is settled, whatever its age', () => {
    const now = { attempts: 1, age: 1e9, giveUpAfter: 1, random: 0 };
    const table = Object.fromEntries(
      (
        [
          { kind: 'created', group },
          { kind: 'unchanged', group },
          { kind: 'conflict', existing: group, graph },
          { kind: 'unknown-connection', graph },
          { kind: 'refused', graph },
        ] satisfies Outcome[]
      ).map((outcome) => [outcome.kind, decideQueued(outcome, now)]),
    );
    expect(table).toEqual({
      created: { do: 'done' },
      unchanged: { do: 'done' },
      conflict: { do: 'dead-letter', code: 'group-conflict' },
      'unknown-connection': { do: 'dead-letter', code: 'connection-not-found' },
      refused: { do: 'dead-letter', code: 'graph-rejected' },
    });
  });

  it('has an answer for every outcome at every age, within what a queue can do', () => {
    fc.assert(
      fc.property(anyOutcome, anyCircumstances, (outcome, circumstances) => {
        const decision = decideQueued(outcome, circumstances);
        if (decision.do !== 'postpone') return;
        expect(decision.seconds).toBeGreaterThanOrEqual(0);
        expect(decision.seconds).toBeLessThanOrEqual(longestDelay);
      }),
    );
  });

  it('lets no creation live for ever', () => {
    fc.assert(
      fc.property(anyOutcome, anyCircumstances, (outcome, circumstances) => {
        const old = { ...circumstances, age: circumstances.giveUpAfter };
        expect(decideQueued(outcome, old).do).not.toBe('postpone');
      }),
    );
  });

  it('grows older with every postponement: no chain of waits is endless', () => {
    fc.assert(
      fc.property(anyOutcome, fc.double({ min: 1, max: 5_000, noNaN: true }), (outcome, giveUpAfter) => {
        let age = 0;
        let attempts = 0;
        for (;;) {
          attempts += 1;
          const decision = decideQueued(outcome, { attempts, age, giveUpAfter, random: 0 });
          if (decision.do !== 'postpone') break;
          // A message is visible again after whole seconds, and an attempt takes time.
          age += Math.max(1, Math.ceil(decision.seconds));
          expect(attempts).toBeLessThan(giveUpAfter + 2);
        }
      }),
    );
  });

  it('never comes back before the time that Graph asked for, up to the queue’s 7 days', () => {
    fc.assert(
      fc.property(open, anyCircumstances, (given, circumstances) => {
        const delay = delayBefore({ kind: 'throttled', ...given }, circumstances);
        if (given.retryAfter !== null)
          expect(delay).toBeGreaterThanOrEqual(Math.min(longestDelay, given.retryAfter));
      }),
    );
  });

  it('keeps a wait that Graph asks for past the give-up age; the attempt after it is the last', () => {
    const throttled: Outcome = { kind: 'throttled', graph, retryAfter: 100, uncertain: false };
    const young = { attempts: 1, age: 5, giveUpAfter: 10, random: 0 };
    expect(decideQueued(throttled, young)).toEqual({ do: 'postpone', seconds: 100, reason: 'throttled' });
    expect(decideQueued(throttled, { ...young, age: 105 })).toEqual({ do: 'dead-letter', code: 'gave-up' });
  });

  it('never gives up what was not tried, however old', () => {
    const outOfPace: Outcome = { kind: 'throttled', graph: null, retryAfter: 8, uncertain: false };
    const old = { attempts: 9, age: 1e9, giveUpAfter: 1, random: 0 };
    expect(decideQueued(outOfPace, old)).toEqual({ do: 'postpone', seconds: 8, reason: 'throttled' });
  });

  it('never waits past the give-up age of its own accord, so that the last attempt comes in time', () => {
    const silent: Outcome = { kind: 'unavailable', why: 'x', graph: null, retryAfter: null, uncertain: true };
    const delay = delayBefore(silent, { attempts: 12, age: 90, giveUpAfter: 100, random: 0.9 });
    expect(delay).toBeLessThanOrEqual(10);
  });

  it('spreads a herd: equal circumstances, different waits', () => {
    const throttled: Outcome = { kind: 'throttled', graph, retryAfter: 60, uncertain: false };
    const waits = [0, 0.25, 0.5, 0.75].map((random) =>
      delayBefore(throttled, { attempts: 1, age: 0, giveUpAfter: 1e6, random }),
    );
    expect(new Set(waits).size).toBe(4);
  });

  it('doubles its own waits up to the longest', () => {
    const silent: Outcome = { kind: 'unavailable', why: 'x', graph: null, retryAfter: null, uncertain: true };
    const waits = [1, 2, 3, 20, 500].map((attempts) =>
      delayBefore(silent, { attempts, age: 0, giveUpAfter: 1e7, random: 0 }),
    );
    expect(waits).toEqual([1, 2, 4, 450, 450]);
  });

  it('gives a missing permission longer waits than an outage', () => {
    expect(policy.denied.backoff.first).toBeGreaterThan(policy.unavailable.backoff.first);
  });
});

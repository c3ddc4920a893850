import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creationPolicy } from '../../../src/creations/policy.ts';
import {
  type Attempt,
  decide,
  delayBefore,
  maxDelay,
  type QueueRule,
  untriedGiveUpAfter,
} from '../../../src/queue/policy.ts';

const outage = creationPolicy.silent.queue;
const anyRule = fc.constantFrom<QueueRule>(...Object.values(creationPolicy).map(({ queue }) => queue));
const retryAfter = fc.option(fc.double({ min: 0, max: 10 * maxDelay, noNaN: true }));
const tried: fc.Arbitrary<Attempt> = retryAfter.map((asked) => ({ wasTried: true, retryAfter: asked }));
const anyAttempt: fc.Arbitrary<Attempt> = fc.record({ wasTried: fc.boolean(), retryAfter });
const anyCircumstances = fc.record({
  attempts: fc.integer({ min: 1, max: 10_000 }),
  age: fc.double({ min: 0, max: 1e8, noNaN: true }),
  giveUpAfter: fc.double({ min: 1, max: 1e7, noNaN: true }),
  random: fc.double({ min: 0, max: 0.999999, noNaN: true }),
});
const silent: Attempt = { wasTried: true, retryAfter: null };

describe('the policy of creations', () => {
  it('ends what is settled, whatever its age', () => {
    const now = { attempts: 1, age: 1e9, giveUpAfter: 1, random: 0 };
    const settled = ['created', 'unchanged', 'conflict', 'absent', 'refused', 'superseded'] as const;
    const table = settled.map((kind) => [kind, decide(creationPolicy[kind].queue, silent, now)]);
    const failure = (code: string) => ({ do: 'dead-letter', code, gaveUp: false });
    expect(Object.fromEntries(table)).toEqual({
      created: { do: 'complete' },
      unchanged: { do: 'complete' },
      conflict: failure('group-conflict'),
      absent: failure('connection-not-found'),
      refused: failure('graph-rejected'),
      superseded: failure('superseded'),
    });
  });

  it('gives a missing permission longer waits than an outage', () => {
    expect(creationPolicy.denied.queue.backoff.first).toBeGreaterThan(outage.backoff.first);
  });
});

describe('the policy of queued work', () => {
  it('has an answer for every outcome at every age, within what a queue can do', () => {
    fc.assert(
      fc.property(anyRule, anyAttempt, anyCircumstances, (rule, attempt, circumstances) => {
        const decision = decide(rule, attempt, circumstances);
        if (decision.do !== 'reschedule') return;
        expect(decision.seconds).toBeGreaterThanOrEqual(0);
        expect(decision.seconds).toBeLessThanOrEqual(maxDelay);
      }),
    );
  });

  it('gives up what was tried at the give-up age', () => {
    fc.assert(
      fc.property(anyRule, tried, anyCircumstances, (rule, attempt, circumstances) => {
        const old = { ...circumstances, age: circumstances.giveUpAfter };
        expect(decide(rule, attempt, old).do).not.toBe('reschedule');
      }),
    );
  });

  it('gives what was not tried the time for every wait that can be asked for, and no more', () => {
    const untried: Attempt = { wasTried: false, retryAfter: 8 };
    fc.assert(
      fc.property(anyCircumstances, (circumstances) => {
        const end = untriedGiveUpAfter(circumstances.giveUpAfter);
        expect(end).toBeGreaterThanOrEqual(circumstances.giveUpAfter + maxDelay);
        expect(decide(outage, untried, { ...circumstances, age: end - 1 }).do).toBe('reschedule');
        expect(decide(outage, untried, { ...circumstances, age: end }).do).toBe('dead-letter');
      }),
    );
  });

  it('grows older with every wait: no chain of them is endless', () => {
    fc.assert(
      fc.property(
        anyRule,
        tried,
        fc.double({ min: 1, max: 5_000, noNaN: true }),
        (rule, attempt, giveUpAfter) => {
          let age = 0;
          let attempts = 0;
          for (;;) {
            attempts += 1;
            const decision = decide(rule, attempt, { attempts, age, giveUpAfter, random: 0 });
            if (decision.do !== 'reschedule') break;
            // A message is visible again after whole seconds, and an attempt takes time.
            age += Math.max(1, Math.ceil(decision.seconds));
            expect(attempts).toBeLessThan(giveUpAfter + 2);
          }
        },
      ),
    );
  });

  it('never comes back before the time that Graph asked for, up to the queue’s 7 days', () => {
    fc.assert(
      fc.property(tried, anyCircumstances, (attempt, circumstances) => {
        const delay = delayBefore(outage.backoff, attempt, circumstances);
        if (attempt.retryAfter !== null)
          expect(delay).toBeGreaterThanOrEqual(Math.min(maxDelay, attempt.retryAfter));
      }),
    );
  });

  it('keeps a wait that Graph asks for past the give-up age; the attempt after it is the last', () => {
    const asked: Attempt = { wasTried: true, retryAfter: 100 };
    const young = { attempts: 1, age: 5, giveUpAfter: 10, random: 0 };
    const { queue } = creationPolicy.throttled;
    expect(decide(queue, asked, young)).toEqual({ do: 'reschedule', seconds: 100, reason: 'throttled' });
    expect(decide(queue, asked, { ...young, age: 105 })).toMatchObject({ code: 'gave-up', gaveUp: true });
  });

  it('never waits past the give-up age of its own accord, so that the last attempt comes in time', () => {
    const circumstances = { attempts: 12, age: 90, giveUpAfter: 100, random: 0.9 };
    expect(delayBefore(outage.backoff, silent, circumstances)).toBeLessThanOrEqual(10);
  });

  it('spreads retries: equal circumstances, different delays', () => {
    const asked = { retryAfter: 60 };
    const waits = [0, 0.25, 0.5, 0.75].map((random) =>
      delayBefore(outage.backoff, asked, { attempts: 1, age: 0, giveUpAfter: 1e6, random }),
    );
    expect(new Set(waits).size).toBe(4);
  });

  it('doubles its own waits up to the longest', () => {
    const waits = [1, 2, 3, 20, 500].map((attempts) =>
      delayBefore(outage.backoff, silent, { attempts, age: 0, giveUpAfter: 1e7, random: 0 }),
    );
    expect(waits).toEqual([1, 2, 4, 450, 450]);
  });
});

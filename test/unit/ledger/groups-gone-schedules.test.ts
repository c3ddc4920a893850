import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newHead } from '../../../src/ledger/core/head.ts';
import { createGroupIsGoneSince } from '../../../src/ledger/groups-gone.ts';
import type { StoredHead } from '../../../src/ledger/ledger-store.ts';

const queuedOn = Date.parse('2026-11-25T12:00:00Z');
const deletedAt = queuedOn + 1_000;

interface Attempt {
  /** Whether the deletion had been recorded when the attempt began. */
  readonly wasDeleted: boolean;
  readonly isGone: boolean;
}

/** Plays attempts on two instances against the first declaration of their connection, in the order that `s` decides. */
async function play(s: fc.Scheduler, attempts: number): Promise<readonly Attempt[]> {
  let isNoted = false;
  let stored: StoredHead | null = null;
  const pass = (label: string) => s.schedule(Promise.resolve(), label);
  /** Takes effect at some moment after it is asked for, and is answered at some moment after that. */
  async function reading<T>(label: string, look: () => T): Promise<T> {
    await pass(`${label} takes effect`);
    const seen = look();
    await pass(`${label} is answered`);
    return seen;
  }

  async function declareDeletion(): Promise<void> {
    await reading('note', () => {
      isNoted = true;
    });
    await reading('head', () => {
      const head = { ...newHead('contosohr', 'g1', { traceparent: '' }), want: { kind: 'gone' }, deletedAt };
      stored = { head: head as StoredHead['head'], etag: 'v1' };
    });
  }

  const instances = [1, 2].map((number) =>
    createGroupIsGoneSince({
      isNoted: () => reading(`instance ${number}: is it noted`, () => isNoted),
      readHead: () => reading(`instance ${number}: head`, () => ({ stored, now: () => deletedAt })),
    }),
  );

  async function attempt(number: number): Promise<Attempt> {
    await pass(`attempt ${number} begins`);
    const wasDeleted = stored !== null;
    const ask = instances[number % instances.length];
    return { wasDeleted, isGone: (await ask?.('contosohr', 'g1', queuedOn)) === true };
  }

  const all = Array.from({ length: attempts }, (_, number) => attempt(number));
  const declared = declareDeletion();
  await s.waitFor(Promise.all([declared, ...all]));
  return Promise.all(all);
}

describe('whether a group is gone, in any order of events', () => {
  it('is never denied to an attempt that began after the deletion was recorded', async () => {
    let late = 0;
    const property = fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 8 }), async (s, attempts) => {
      for (const { wasDeleted, isGone } of await play(s, attempts)) {
        late += wasDeleted ? 1 : 0;
        expect(isGone || !wasDeleted).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 1_000 });
    expect(late).toBeGreaterThan(0);
  });
});

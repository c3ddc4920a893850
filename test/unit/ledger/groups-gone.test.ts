import { describe, expect, it } from 'vitest';
import { newHead } from '../../../src/ledger/core/head.ts';
import { createGroupIsGoneSince } from '../../../src/ledger/groups-gone.ts';
import type { LedgerStore, StoredHead } from '../../../src/ledger/ledger-store.ts';

const queuedOn = Date.parse('2026-11-25T12:00:00Z');
const afterwards = queuedOn + 1_000;

/** A ledger of which each reading looks when it begins, and is answered when the test says so. */
function createLedger() {
  const noted = new Set<string>();
  const heads = new Map<string, StoredHead>();
  const asked: { readonly what: string; readonly answer: () => void }[] = [];
  const answered = <T>(what: string, value: T) => {
    const { promise, resolve } = Promise.withResolvers<T>();
    asked.push({ what, answer: () => resolve(value) });
    return promise;
  };
  const store: Pick<LedgerStore, 'readHead' | 'isNoted'> = {
    isNoted: (connectionId) => answered('note', noted.has(connectionId.toLowerCase())),
    readHead: (_connectionId, groupId) =>
      answered('head', { stored: heads.get(groupId) ?? null, now: () => afterwards }),
  };
  return {
    ask: createGroupIsGoneSince(store),
    /** What has been read so far. */
    readings: () => asked.map(({ what }) => what),
    /** Answers what was asked, and what is asked thereupon. */
    answerAll: async () => {
      for (let at = 0; at < asked.length; at += 1) {
        asked[at]?.answer();
        await new Promise(setImmediate);
      }
    },
    /** As a declaration does: the note first. */
    deleteGroup: (connectionId: string, groupId: string) => {
      noted.add(connectionId.toLowerCase());
      const head = {
        ...newHead(connectionId, groupId, { traceparent: '' }),
        want: { kind: 'gone' },
        deletedAt: afterwards,
      };
      heads.set(groupId, { head: head as StoredHead['head'], etag: 'v1' });
    },
  };
}

describe('whether a group is gone since a creation was queued', () => {
  it('costs one reading for all attempts of a connection without declared groups', async () => {
    const ledger = createLedger();
    const first = ledger.ask('contosohr', 'g1', queuedOn);
    const others = [2, 3, 4, 5].map((id) => ledger.ask('contosohr', `g${id}`, queuedOn));
    await ledger.answerAll();
    expect(await Promise.all([first, ...others])).toEqual([false, false, false, false, false]);
    expect(ledger.readings()).toEqual(['note', 'note']);
  });

  it('sees a first deletion that was declared while an earlier attempt was asking', async () => {
    const ledger = createLedger();
    const early = ledger.ask('contosohr', 'g1', queuedOn);
    ledger.deleteGroup('contosohr', 'g1');
    const late = ledger.ask('ContosoHR', 'g1', queuedOn);
    await ledger.answerAll();
    expect([await early, await late]).toEqual([false, true]);
  });

  it('never remembers that a connection had none', async () => {
    const ledger = createLedger();
    const before = ledger.ask('contosohr', 'g1', queuedOn);
    await ledger.answerAll();
    expect(await before).toBe(false);
    ledger.deleteGroup('contosohr', 'g1');
    const after = ledger.ask('contosohr', 'g1', queuedOn);
    await ledger.answerAll();
    expect(await after).toBe(true);
  });

  it('reads the head alone once it knows of declared groups, and asks about each connection by itself', async () => {
    const ledger = createLedger();
    ledger.deleteGroup('contosohr', 'g1');
    for (const [connectionId, groupId, expected] of [
      ['contosohr', 'g2', false],
      ['contosohr', 'g1', true],
      ['contosocrm', 'g1', false],
    ] as const) {
      const answer = ledger.ask(connectionId, groupId, queuedOn);
      await ledger.answerAll();
      expect(await answer).toBe(expected);
    }
    expect(ledger.readings()).toEqual(['note', 'head', 'head', 'note']);
  });

  it('lets a creation that was queued after the deletion pass', async () => {
    const ledger = createLedger();
    ledger.deleteGroup('contosohr', 'g1');
    const answer = ledger.ask('contosohr', 'g1', afterwards + 1_000);
    await ledger.answerAll();
    expect(await answer).toBe(false);
  });

  it('counts the deletion as the later one within the same second, which is all that the queue tells', async () => {
    const ledger = createLedger();
    ledger.deleteGroup('contosohr', 'g1');
    const answer = ledger.ask('contosohr', 'g1', afterwards + 999);
    await ledger.answerAll();
    expect(await answer).toBe(true);
  });
});

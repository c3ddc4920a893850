import { describe, expect, it } from 'vitest';
import type { Member } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/core/change.ts';
import { newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../src/ledger/core/state.ts';
import type { HeadReading } from '../../../src/ledger/ledger-store.ts';
import { createListMembers } from '../../../src/ledger/list-members.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const users = (count: number): Member[] =>
  Array.from({ length: count }, (_, n) => ({
    type: 'user',
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  }));
const empty: LedgerState = { head: newHead('contosohr', 'night', newTrace()), pages: new Map() };

function changed(state: LedgerState, change: Change): LedgerState {
  const recording = record(state, change, Date.UTC(2026, 0, 1));
  if (recording.kind !== 'changed') throw new Error(`it is ${recording.kind}`);
  return recording.state;
}

/** A ledger in memory; `onRead` is called before pages are read. */
function ledgerOf(first: LedgerState, onRead: (become: (state: LedgerState) => void) => void) {
  let state = first;
  return createListMembers({
    readHead: (): Promise<HeadReading> =>
      Promise.resolve({ stored: { head: state.head, etag: '' }, now: () => 0 }),
    readPages: (_head, asked) => {
      onRead((next) => {
        state = next;
      });
      return Promise.resolve(new Map(asked.map((page) => [page, state.pages.get(page) ?? new Map()])));
    },
  });
}

async function listAll(list: ReturnType<typeof createListMembers>) {
  const pages: string[][] = [];
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const page = await list('contosohr', 'night', cursor === undefined ? {} : { cursor });
    pages.push((page?.entries ?? []).map(({ id }) => id));
    cursor = page?.next;
    isLast = cursor === undefined;
  }
  return pages;
}

describe('a list of members', () => {
  it('has everybody once where a page is split between the head and the page being read', async () => {
    const members = users(900);
    const before = changed(empty, { ...about, kind: 'put-members', members });
    const split = changed(before, { ...about, kind: 'put-members', members: users(3_000) });
    expect([before.head.bits, split.head.bits]).toEqual([0, 2]);
    let reads = 0;
    const list = ledgerOf(before, (become) => {
      reads += 1;
      if (reads === 1) become(split);
    });
    const ids = (await listAll(list)).flat();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(members.map(({ id }) => id)));
  });

  it('leaves nobody out of a long page whose other members vanish meanwhile', async () => {
    const members = users(2_500);
    const many = changed(empty, { ...about, kind: 'put-members', members });
    const page = new Map([...many.pages.values()].flatMap((one) => [...one]));
    const onOnePage = { head: { ...many.head, bits: 0 }, pages: new Map([[0, page]]) };
    let kept = page;
    const list = ledgerOf(onOnePage, (become) => become({ ...onOnePage, pages: new Map([[0, kept]]) }));
    const first = await list('contosohr', 'night', {});
    expect(first?.entries).toHaveLength(1_000);
    const gone = new Set(first?.entries.slice(0, 700).map(({ id }) => id));
    kept = new Map([...page].filter(([, { id }]) => !gone.has(id)));
    const rest: string[] = [];
    for (let next = first?.next; next !== undefined; ) {
      const more = await list('contosohr', 'night', { cursor: next });
      rest.push(...(more?.entries ?? []).map(({ id }) => id));
      next = more?.next;
    }
    expect([...(first?.entries.map(({ id }) => id) ?? []), ...rest].sort()).toEqual(
      members.map(({ id }) => id).sort(),
    );
  });
});

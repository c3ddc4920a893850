import { type Head, sameWant } from '../../../src/ledger/core/head.ts';
import type { LedgerPorts } from '../../../src/ledger/ports.ts';
import { rewriting } from './rewriting.ts';

/** A group that was confirmed is to be written again without anybody having declared it: it is missing or changed. */
function isFoundMissing(after: Head, before: Head | null): before is Head {
  if (before === null || after.ending || before.ending) return false;
  if (after.changedAt !== before.changedAt || !sameWant(after.want, before.want)) return false;
  return (before.seen && !after.seen) || (before.step === 'done' && after.step === 'todo');
}

/** Faults in how one life of a group follows another. */
export const lifeBreaks = {
  'hasty-next-life': {
    words: 'the next life of a group begins while a deletion may yet land',
    ports: rewriting({ head: (head) => (head.ending ? { ...head, current: 0, late: 0 } : head) }),
  },
  'horizons-forgotten': {
    words: 'a deletion forgets what may yet land of the members',
    ports: rewriting({
      head: (head, before) =>
        head.ending && before !== null && !before.ending
          ? { ...head, late: Math.max(before.current, before.late) }
          : head,
    }),
  },
  'members-kept': {
    words: 'a group that is created again keeps its members as done',
    ports: (ports: LedgerPorts): LedgerPorts => {
      const done = new Set<string>();
      const keeping = rewriting({
        member: (member, key, after, before) => {
          const name = `${after.groupId} ${key}`;
          if (member.step === 'done') done.add(name);
          const isKept = member.wanted && done.has(name) && isFoundMissing(after, before);
          if (isKept) return { ...member, step: 'done' };
          if (member.step !== 'done') done.delete(name);
          return member;
        },
      });
      return keeping({
        ...ports,
        store: {
          ...ports.store,
          readPages: async (head, pages, within) => {
            const read = await ports.store.readPages(head, pages, within);
            for (const page of read?.values() ?? [])
              for (const [key, { step }] of page) if (step === 'done') done.add(`${head.groupId} ${key}`);
            return read;
          },
        },
      });
    },
  },
} as const;

import type { Alteration } from './alter-sources.ts';

const memberAnswer = 'src/ledger/core/member-answer.ts';
const silentMember = "case 'silent':\n      work.set(key, { ...member, step: 'todo' });";

/** Bugs deliberately put into the product: an audit that does not notice them is worth nothing. */
export const breaks = {
  /** A removal without a response is not retried. */
  'removals-dropped': [
    {
      file: memberAnswer,
      from: silentMember,
      to: "case 'silent':\n      work.set(key, wanted ? { ...member, step: 'todo' } : { ...member, step: 'done', late: now });",
    },
  ],
  /** A member that was not written, because Graph throttled, counts as written. */
  'done-unasked': [
    {
      file: memberAnswer,
      from: '    default:\n      if (member !== held) work.set(key, member);',
      to: "    default:\n      work.set(key, { ...member, step: 'done' });",
    },
  ],
  /** A postponed look is not repeated. */
  'looks-forgotten': [
    {
      file: 'src/ledger/look.ts',
      from: 'if (due > time) return postpone(plain, due - time);',
      to: 'if (due > time) return;',
    },
  ],
  /** The work on a group that is given back for later is not resumed. */
  'work-forgotten': [
    {
      file: 'src/ledger/rounds.ts',
      from: 'const done = await commit(ports, stored, state, { delay, within });',
      to: `const forgetful = { ...ports, looks: { ...looks, send: () => Promise.resolve(look) } };
        const done = await commit(next === null ? forgetful : ports, stored, state, { delay, within });`,
    },
  ],
  /** A lease that somebody holds is taken, and the answers to calls of whoever has lost it count. */
  'leases-taken': [
    {
      file: 'src/ledger/core/lease.ts',
      from: 'return head.lease !== null && head.lease.until > now;',
      to: 'return false;',
    },
    {
      file: 'src/ledger/rounds.ts',
      from: 'if (reading.stored?.head.lease?.owner !== owner)',
      to: 'if (!reading.stored)',
    },
  ],
  /** A state is written over whatever the ledger holds meanwhile. */
  'writes-unconditional': [
    {
      file: 'src/ledger/core/entity.ts',
      from: "{ kind: 'replace', entity, etag: before.etag }",
      to: "{ kind: 'replace', entity, etag: '*' }",
    },
  ],
  /** Changes are recorded in the order of their arrival. */
  'sequences-ignored': [
    {
      file: 'src/ledger/core/entry.ts',
      from: 'return sequence !== noSequence && sequence <= Math.max(...held);',
      to: 'return sequence < Math.min(noSequence, ...held);',
    },
  ],
  /** A write for an earlier want is assumed not to take effect any more. */
  'late-writes-forgotten': [
    {
      file: 'src/ledger/core/entry.ts',
      from: 'late: Math.max(entry.late, entry.current),',
      to: 'late: 0,',
    },
  ],
} as const satisfies Record<string, readonly Alteration[]>;

export function breakNamed(name: string): readonly Alteration[] {
  const found = Object.entries(breaks).find(([known]) => known === name)?.[1];
  if (found === undefined) throw new Error(`--break is one of ${Object.keys(breaks).join(', ')}`);
  return found;
}

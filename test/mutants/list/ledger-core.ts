import { type Mutant, of } from '../mutant.ts';

const core = (name: string) => `src/ledger/core/${name}.ts`;

/** The pure core: how a change, an answer and the time change a group's record. */
export const ledgerCore: readonly Mutant[] = [
  ...of(core('change-group'), [
    {
      name: 'older-put-applies',
      words: 'a group is changed by an older declaration',
      from: 'if (isOlder(sequence, head.sequence)) return superseded;',
      to: '',
    },
    {
      name: 'older-deletion-applies',
      words: 'a group is deleted by an older deletion',
      from: 'const applies = !isOlder(sequence, head.sequence);',
      to: 'const applies = true;',
    },
    {
      name: 'members-survive-deletion',
      words: 'a deletion keeps what was declared of members before it',
      from: 'if (!isOlder(sequence, watermark, ownSequence)) return;',
      to: '',
    },
    {
      name: 'deletion-forgets-horizons',
      words: 'a deletion forgets what may yet land of the group and its members',
      from: 'late: openUntil(head), current: 0',
      to: 'late: 0, current: 0',
    },
  ]),
  ...of(core('change-members'), [
    {
      name: 'list-removes-nobody',
      words: 'a list of members leaves those in it that it does not name',
      from: 'yield* setMembers(work, others, { ...desired, wanted: false }),',
      to: '',
    },
  ]),
  ...of(core('apply-repair'), [
    {
      name: 'reassert-keeps-lease',
      words: 'answers to calls from before a reassertion count',
      from: '  work.update({ lease: null });',
      to: '',
    },
    {
      name: 'retry-forgets-members',
      words: 'a retry leaves refused members refused',
      from: "if (member.step !== 'refused') return;",
      to: 'return;',
    },
  ]),
  ...of(core('set-members'), [
    {
      name: 'watermark-not-raised',
      words: 'lists and deletions leave no watermark',
      from: 'work.update({ watermark: sequence });',
      to: '',
    },
    {
      name: 'removal-of-the-deleted-waits',
      words: 'a removal from a deleted group is never done',
      from: "if (!wanted && work.head.want.kind === 'gone') {",
      to: 'if (work.head.bits > 99) {',
    },
    {
      name: 'watermark-ignored-for-members',
      words: 'an older change of a member applies after a list or a deletion',
      from: 'work.head.watermark, held?.sequence ?? noSequence)',
      to: 'held?.sequence ?? noSequence)',
      isShort: true,
    },
    {
      name: 'same-id-not-awaited',
      words: 'an addition does not wait for the removal of the same id under another type',
      from: 'const late = wanted ? openOfSameId(work, key) : 0;',
      to: 'const late = 0;',
    },
  ]),
  ...of(core('entry'), [
    {
      name: 'sequences-ignored',
      words: 'changes count in the order of their arrival',
      from: 'return sequence !== noSequence && sequence <= Math.max(...held);',
      to: 'return sequence < Math.min(noSequence, ...held);',
      isShort: true,
    },
    {
      name: 'same-sequence-applies',
      words: 'a change with a sequence that a thing already has applies',
      from: 'sequence <= Math.max(...held)',
      to: 'sequence < Math.max(...held)',
    },
    {
      name: 'late-writes-forgotten',
      words: 'a write for an earlier want is assumed not to take effect any more',
      from: 'late: Math.max(entry.late, entry.current),',
      to: 'late: 0,',
    },
    {
      name: 'flip-keeps-404',
      words: 'a 404 to a removal counts for the addition that follows',
      from: 'said404: false,\n    sequence,',
      to: 'said404: entry.said404,\n    sequence,',
    },
    {
      name: 'again-at-once',
      words: 'what waits for a late write is written at once, and then believed',
      from: "return step === 'again' ? late : Number.POSITIVE_INFINITY;",
      to: "return step === 'again' ? 0 : Number.POSITIVE_INFINITY;",
    },
  ]),
  ...of(core('answered'), [
    {
      name: 'silence-takes-the-mark',
      words: 'a call without an answer takes its mark back',
      from: "if (answer.kind === 'silent' || entry.current !== call.horizon) return entry;",
      to: 'if (entry.current !== call.horizon) return entry;',
      isShort: true,
    },
    {
      name: 'foreign-mark-taken',
      words: 'an answer takes back a mark that is not its own',
      from: "if (answer.kind === 'silent' || entry.current !== call.horizon) return entry;",
      to: "if (answer.kind === 'silent') return entry;",
    },
    {
      name: 'finality-by-the-mark-alone',
      words: 'an answer is final although the want has changed since its mark',
      from: 'return wasFinal && entry.late <= markedAt;',
      to: 'return wasFinal;',
    },
    {
      name: 'finality-by-the-entry-alone',
      words: 'an answer is final although something was open when it was marked',
      from: 'return wasFinal && entry.late <= markedAt;',
      to: 'return entry.late <= markedAt;',
    },
    {
      name: 'early-404-counts',
      words: 'a 404 counts although an earlier write may yet land',
      from: 'said404: entry.said404 || final,',
      to: 'said404: true,',
    },
    {
      name: 'hasty-second-404',
      words: 'the second 404 is asked for at once',
      from: 'late: Math.max(entry.late, now + timing.unsure),',
      to: 'late: Math.max(entry.late, now),',
    },
  ]),
  ...of(core('group-answer'), [
    {
      name: 'doubt-outlives-refusal',
      words: 'a 404 about the group counts although Graph has refused it since',
      from: "step: 'refused', said404: false, refusal",
      to: "step: 'refused', refusal",
    },
    {
      name: 'stale-group-answer-counts',
      words: 'an answer about the group counts although something else is wanted by now',
      from: 'if (!isSame) return;',
      to: '',
    },
    {
      name: 'group-404-believed-at-once',
      words: 'one 404 about the group is believed',
      from: "const isCertain = answer.kind === 'absent' && head.said404 && final;",
      to: "const isCertain = answer.kind === 'absent' && final;",
      isShort: true,
    },
    {
      name: 'members-kept-by-a-new-group',
      words: 'a group that is created again keeps its members as done',
      from: "work.update({ seen: false, step: 'todo', said404: false });\n        addAnew(work);",
      to: "work.update({ seen: false, step: 'todo', said404: false });",
    },
    {
      name: 'waits-outlive-creation',
      words: 'members that waited for the group wait on when it is created',
      from: 'if (member.wanted && member.isUnknown && member.said404)',
      to: 'if (false)',
    },
  ]),
  ...of(core('member-answer'), [
    {
      name: 'removals-dropped',
      words: 'a removal without an answer is not tried again',
      from: "case 'silent':\n      work.set(key, { ...member, step: 'todo' });",
      to: "case 'silent':\n      work.set(key, wanted ? { ...member, step: 'todo' } : { ...member, step: 'done', late: now });",
    },
    {
      name: 'done-unasked',
      words: 'a member that Graph throttled counts as written',
      from: 'default:\n      if (member !== held) work.set(key, member);',
      to: "default:\n      work.set(key, { ...member, step: 'done' });",
      isShort: true,
    },
    {
      name: 'stale-member-answer-counts',
      words: 'an answer about a member counts although the opposite is wanted by now',
      from: 'work.head.ending || held.wanted !== wanted',
      to: 'work.head.ending',
    },
    {
      name: 'late-answer-of-a-past-life',
      words: 'an answer about a member counts although its group is being deleted',
      from: 'held === undefined || work.head.ending || held.wanted !== wanted',
      to: 'held === undefined || held.wanted !== wanted',
    },
    {
      name: 'removal-404-believed-at-once',
      words: 'one 404 to a removal is believed',
      from: 'final && (member.said404 || (member.isUnknown && chunk.isGroupThere))',
      to: 'final',
    },
    {
      name: 'strangers-never-believed',
      words: 'a removal of somebody who was never there needs two 404s',
      from: '(member.said404 || (member.isUnknown && chunk.isGroupThere))',
      to: 'member.said404',
    },
    {
      name: 'same-id-not-added-again',
      words: 'who was declared under another type is not added again after the removal',
      from: 'if (!wanted && possibleRemovals.includes(answer.kind)) addAgain(work, key, member.current);',
      to: '',
    },
  ]),
  ...of(core('pages-to-read'), [
    {
      name: 'same-sequence-deleted',
      words: 'a deletion drops members that have its own sequence already',
      from: '>= sequence);',
      to: '> sequence);',
    },
  ]),
  ...of(core('plan'), [
    {
      name: 'nothing-marked',
      words: 'a member is written without a mark',
      from: 'work.set(key, { ...entry, current: horizon });',
      to: '',
    },
    {
      name: 'group-not-marked',
      words: 'a group is written without a mark',
      from: "if (write.kind !== 'read-group') work.update({ current: horizon });",
      to: '',
    },
    {
      name: 'deletion-final-too-early',
      words: 'a deletion is final although an earlier attempt at it may land',
      from: "write.kind !== 'delete-group' || head.current <= now",
      to: 'true',
    },
    {
      name: 'additions-overtake-removals',
      words: 'additions begin while removals are left',
      from: 'return isLeft || additionsWait(head)',
      to: 'return additionsWait(head)',
    },
  ]),
  ...of(core('lease'), [
    {
      name: 'leases-taken',
      words: 'a lease that somebody holds is taken, and the answers of whoever has lost it count',
      from: 'return head.lease !== null && head.lease.until > now;',
      to: 'return false;',
      also: [
        {
          file: 'src/ledger/rounds.ts',
          from: 'if (reading.stored?.head.lease?.owner !== owner)',
          to: 'if (!reading.stored)',
        },
      ],
    },
    {
      name: 'crashes-never-counted',
      words: 'work that crashes again and again is never given up',
      from: 'const crashes = head.crashes + 1;',
      to: 'const crashes = head.crashes;',
    },
  ]),
  ...of(core('progress'), [
    {
      name: 'members-before-the-group',
      words: 'members are written before the group is as declared',
      from: "if (want.kind === 'gone' || ending || step === 'todo') return true;",
      to: "if (want.kind === 'gone' || ending) return true;",
    },
    {
      name: 'settled-with-members-failed',
      words: 'a group with refused members counts as settled',
      from: "(sumOf(head, 'applying') === 0 && sumOf(head, 'failed') === 0)",
      to: "sumOf(head, 'applying') === 0",
    },
    {
      name: 'horizon-of-pages-forgotten',
      words: 'what may land of members does not count for the group',
      from: 'Math.max(head.current, head.late, ...head.pages.map(({ open }) => open))',
      to: 'Math.max(head.current, head.late)',
    },
  ]),
  ...of(core('after-round'), [
    {
      name: 'never-given-up',
      words: 'a group that fails is tried for ever',
      from: 'if (now - failingSince >= giveUpAfter) {',
      to: 'if (now < failingSince) {',
    },
    {
      name: 'waits-ignored',
      words: 'a wait that Graph names is not kept',
      from: 'notBefore: now + waitAfter(decisive.answer, attempts)',
      to: 'notBefore: now',
    },
  ]),
  ...of(core('page'), [
    {
      name: 'tombstones-forgotten-early',
      words: 'a removal is forgotten although an older addition may still arrive',
      from: 'return sequence <= watermark || late + timing.remembered <= now;',
      to: 'return true;',
    },
    {
      name: 'tombstones-forgotten-while-open',
      words: 'a removal is forgotten although a write may yet land',
      from: "if (wanted || step !== 'done' || current > now || late > now) return false;",
      to: "if (wanted || step !== 'done') return false;",
    },
  ]),
  ...of(core('record'), [
    {
      name: 'failed-stays-failed',
      words: 'a change does not set a failed group going',
      from: '    failed: false,\n',
      to: '',
    },
    {
      name: 'sequence-not-required',
      words: 'a change without a sequence is taken by a group that has had one',
      from: 'change.sequence === undefined && head.highest !== noSequence',
      to: 'false',
    },
    {
      name: 'removals-unguarded',
      words: 'a list may remove any number of members unasked',
      from: 'if (!isMany || (change.removals ?? 0) >= removals) return null;',
      to: 'return null;',
    },
  ]),
  ...of(core('drift'), [
    {
      name: 'repair-keeps-lease',
      words: 'answers that a missing group gave count for the one that replaces it',
      from: 'lease: null, seen: false',
      to: 'seen: false',
    },
  ]),
  ...of(core('group-record'), [
    {
      name: 'times-held-back',
      words: 'a record says that it was changed before the change was sent',
      from: 'new Date(time + timing.margin)',
      to: 'new Date(time)',
    },
  ]),
  ...of(core('entity'), [
    {
      name: 'writes-unconditional',
      words: 'a state is written over whatever the ledger holds meanwhile',
      from: "{ kind: 'replace', entity, etag: before.etag }",
      to: "{ kind: 'replace', entity, etag: '*' }",
      isShort: true,
    },
  ]),
];

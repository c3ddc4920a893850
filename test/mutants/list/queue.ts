import { type Mutant, of } from '../mutant.ts';

/** Queued work of every kind. */
export const queue: readonly Mutant[] = [
  ...of('src/creations/settlement.ts', [
    {
      name: 'unrecorded-success-completes',
      words: 'a success that could not be recorded is not recorded later',
      from: 'else await requeueToVerify({ ...item, announced: true });',
      to: '',
    },
    {
      name: 'postponed-attempts-not-counted',
      words: 'an attempt that is postponed is not counted',
      from: 'attempts: attemptsAfter(item, outcome), uncertain }',
      to: 'attempts: 0, uncertain }',
    },
    {
      name: 'doubt-forgotten',
      words: 'work that is postponed forgets that it may have been done',
      from: "const uncertain = 'uncertain' in outcome ? outcome.uncertain : item.uncertain;",
      to: 'const uncertain = false;',
      isShort: true,
    },
    {
      name: 'refused-without-letter',
      words: 'work that must not be done is dropped without a letter',
      from: 'refuse: (item, problem) => write(item, problem, null),',
      to: 'refuse: () => Promise.resolve(),',
    },
  ]),
  ...of('src/queue/resend.ts', [
    {
      name: 'delay-dropped',
      words: 'work that is put back is there at once',
      from: 'await send(kind.queue, message, { delay, within: storageWithin.queue });',
      to: 'await send(kind.queue, message, { delay: 0, within: storageWithin.queue });',
    },
  ]),
  ...of('src/queue/receive-message.ts', [
    {
      name: 'unreadable-dropped',
      words: 'what cannot be read is dropped without a letter',
      from: 'await unread.deadLetterUnreadable(accepted, metadata, span.trace);',
      to: '',
    },
  ]),
  ...of('src/creations/creation-worker.ts', [
    {
      name: 'ended-deliveries-dropped',
      words: 'work is dropped because a delivery of its name has ended before',
      from: "if (decision.do === 'reschedule') {",
      to: "if ((await progress.show())?.succeededBefore === true) return 'done';\n    if (decision.do === 'reschedule') {",
      also: [
        {
          file: 'src/creations/operations/merge.ts',
          from: "isSame && shown.status === 'succeeded' && !isSameRecord",
          to: 'isSame && isFinal(shown) && !isSameRecord',
        },
      ],
    },
    {
      name: 'postponed-without-message',
      words: 'work is done with when it should have been put back',
      from: 'await settlement.reschedule(item, outcome, decision, await progress.stop());',
      to: '',
      isShort: true,
    },
  ]),
  ...of('src/queue/policy.ts', [
    {
      name: 'work-never-given-up',
      words: 'work that fails is tried for ever',
      from: 'if (age >= end) return',
      to: 'if (age < 0) return',
    },
    {
      name: 'given-up-at-once',
      words: 'work is given up at its first failure',
      from: 'if (age >= end) return',
      to: 'if (age >= 0) return',
    },
    {
      name: 'retry-after-ignored',
      words: 'a wait that Graph names is not kept',
      from: 'return Math.min(maxDelay, retryAfter + random * spread);',
      to: 'return 1;',
    },
  ]),
  ...of('src/queue/work-item.ts', [
    {
      name: 'redelivery-without-doubt',
      words: 'a message that was delivered before counts as untried',
      from: 'uncertain: history.uncertain || isRedelivered,',
      to: 'uncertain: history.uncertain,',
    },
    {
      name: 'attempts-not-kept',
      words: 'every delivery of a message is its first attempt',
      from: 'attempts: history.attempts + (isPoison ? 0 : 1),',
      to: 'attempts: isPoison ? 0 : 1,',
    },
  ]),
  ...of('src/queue/history.ts', [
    {
      name: 'later-claims-believed',
      words: 'a message may claim to have been queued after it was',
      from: 'return time === null ? null : claimedTime(time, inserted);',
      to: 'return time;',
    },
    {
      name: 'producers-believed',
      words: 'what is the adapter’s own counts where a producer sets it',
      from: 'isOwn(envelope) ? envelope : {}',
      to: 'envelope',
    },
    {
      name: 'requeued-is-new',
      words: 'work that is put back counts as queued anew',
      from: 'isNew ? (isPoison ? null : inserted) : earlierOf(own.firstQueuedDateTime)',
      to: 'inserted',
      isShort: true,
    },
    {
      name: 'given-up-early',
      words: 'work is given up as much as a second early',
      from: 'now - since - (since % tick === 0 ? tick : 0)',
      to: 'now - since + tick',
    },
  ]),
  ...of('src/queue/poison-messages.ts', [
    {
      name: 'poison-dropped',
      words: 'work that crashed again and again is dropped without a letter',
      from: 'await handleCrashed(accepted.item);',
      to: '',
    },
  ]),
  ...of('src/queue/unreadable-messages.ts', [
    {
      name: 'later-version-dropped',
      words: 'a message of a later version is dropped',
      from: 'await send(queue, isAltered ? bytes : text, { delay, within: storageWithin.queue });',
      to: '',
    },
  ]),
];

import { type Mutant, of } from '../mutant.ts';

/** Creations, over HTTP and from the queue. */
export const creations: readonly Mutant[] = [
  ...of('src/creations/policy.ts', [
    {
      name: 'throttled-is-final',
      words: 'a creation that Graph throttles is given up',
      from: "throttled: {\n    http: 'defer',\n    queue: { do: 'reschedule', reason: 'throttled', giveUpCode: 'gave-up', backoff: outage },",
      to: "throttled: {\n    http: 'defer',\n    queue: { do: 'dead-letter', code: 'gave-up' },",
    },
    {
      name: 'conflict-completes',
      words: 'a creation that meets another group of its id succeeds',
      from: "queue: { do: 'dead-letter', code: 'group-conflict' },",
      to: "queue: { do: 'complete' },",
      isShort: true,
    },
    {
      name: 'held-back-is-an-attempt',
      words: 'a call that the limiter held back counts as an attempt',
      from: "return outcome.kind !== 'throttled' || outcome.graph !== null;",
      to: 'return true;',
    },
  ]),
  ...of('src/creations/defer.ts', [
    {
      name: 'doubt-not-kept',
      words: 'a deferred creation forgets that its attempt may have created the group',
      from: '      uncertain,\n      trace,\n    });',
      to: '      uncertain: false,\n      trace,\n    });',
    },
    {
      name: 'first-message-undated',
      words: 'a deferred creation is dated by the clock of its instance',
      from: '      isFirst: true,\n',
      to: '',
    },
    {
      name: 'kept-although-refused',
      words: 'a caller is told that a creation is kept which the queue has refused',
      from: '({ insertedOn } = await send(queueNames.work, message, { delay, within: timeLeft() }));',
      to: '({ insertedOn } = await send(queueNames.work, message, { delay, within: timeLeft() }).catch(() => ({ insertedOn: now })));',
    },
  ]),
  ...of('src/creations/create-now.ts', [
    {
      name: 'deferred-without-doubt',
      words: 'an attempt without an answer counts as not made',
      from: "uncertain: 'uncertain' in outcome && outcome.uncertain,",
      to: 'uncertain: false,',
    },
    {
      name: 'wait-ignored',
      words: 'a deferred creation is tried at once, whatever Graph asked for',
      from: 'delay: delayBefore(queue.backoff, { retryAfter: retryAfterOf(outcome) }, circumstances),',
      to: 'delay: 0,',
    },
  ]),
  ...of('src/creations/attempt-creation.ts', [
    {
      name: 'read-before-write-forgotten',
      words: 'a queued creation in doubt is written again without a read',
      from: '{ signal, trace, uncertain, urgent: false }',
      to: '{ signal, trace, uncertain: false, urgent: false }',
    },
    {
      name: 'ledger-not-asked',
      words: 'a queued creation does not ask whether its group was deleted',
      from: 'if (answer !== null) return answer;',
      to: '',
    },
    {
      name: 'ledger-unread-creates',
      words: 'a creation does not wait for a ledger that cannot be read',
      from: 'if (isOverdue) return null;',
      to: 'return null;',
    },
  ]),
  ...of('src/creations/operations/merge.ts', [
    {
      name: 'end-taken-back',
      words: 'an operation takes an end back that it has shown',
      from: 'return !isFinal(shown) && (',
      to: 'return (',
    },
    {
      name: 'earlier-delivery-shows',
      words: 'an operation shows what an earlier delivery of it did last',
      from: 'isLater(delivery, stored.delivery)',
      to: 'true',
    },
  ]),
  ...of('src/creations/operations/operations.ts', [
    {
      name: 'operations-unconditional',
      words: 'an operation is written over whatever the table holds meanwhile',
      from: "{ kind: 'replace', entity, etag }",
      to: "{ kind: 'replace', entity, etag: '*' }",
    },
  ]),
  ...of('src/creations/attempt.ts', [
    {
      name: 'silence-is-certain',
      words: 'an attempt that was cut off counts as not made',
      from: 'retryAfter: null, uncertain: true } as const',
      to: 'retryAfter: null, uncertain: false } as const',
    },
  ]),
];

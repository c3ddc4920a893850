import type { SettlementRecords, Verdict, WorkKind } from '../queue/kind.ts';
import { backoffs, type QueueRule } from '../queue/policy.ts';
import { queueNames } from '../storage/queues.ts';
import { type ChangeContent, type ChangeRules, createReadChangeMessage } from './change-message.ts';
import { type AttemptedChange, createAttemptChange } from './change-outcome.ts';
import type { Declarations } from './declarations.ts';
import { type AttemptedEvent, declareEvent, type MapEvent, mapNoEvent } from './declare-event.ts';

/** The result of a message on the queue of changes. */
export type ChangeOutcome = AttemptedChange | AttemptedEvent | { readonly kind: 'looked' };

/** Seconds after which a look is resent whose work crashed repeatedly: it is all that wakes the work on the group. */
const lookAgainAfter = 900;

const complete: QueueRule = { do: 'complete' };
/** An account may be made later; until then everybody else is recorded. */
const againForNames: QueueRule = {
  do: 'reschedule',
  reason: 'unavailable',
  giveUpCode: 'members-refused',
  backoff: backoffs.roleGrant,
};
const againWhenGranted: QueueRule = {
  do: 'reschedule',
  reason: 'denied',
  giveUpCode: 'directory-access-denied',
  backoff: backoffs.roleGrant,
};
const again: QueueRule = {
  do: 'reschedule',
  reason: 'unavailable',
  giveUpCode: 'gave-up',
  backoff: backoffs.outage,
};

/**
 * Queued changes of declared groups as a kind of work, also those that are still events of a source. A recorded change is
 * complete, even if Graph refused it: the ledger has it. A look that fails is redelivered by the host, and resent by poison message handling after that.
 */
export function createChangeKind(
  { declare, look }: Pick<Declarations, 'declare' | 'look'>,
  rules: ChangeRules,
  mapEvent: MapEvent = mapNoEvent,
): WorkKind<ChangeContent, ChangeOutcome> {
  const attempt = createAttemptChange(declare);
  return {
    name: 'change-declared-group',
    queue: queueNames.changes,
    read: createReadChangeMessage(rules),
    toMessage: ({ message }) => message,
    attempt: async function attemptQueued({ content, trace, log, attempts, isRedelivered }, patience) {
      if (content.kind === 'look') {
        await look(content.look, { log });
        return { kind: 'looked' };
      }
      const options = { source: 'queue', patience, trace, log } as const;
      if (content.kind === 'change') return attempt(content.change, options);
      const mapped = await mapEvent(content.event, attempts > 1 || isRedelivered);
      return declareEvent(mapped, attempt, options);
    },
    judge: (outcome): Verdict => {
      const { kind } = outcome;
      const problem = kind === 'refused' || kind === 'names-refused' ? outcome.problem : null;
      return {
        rule: ruleOf(outcome),
        wasTried: true,
        retryAfter: kind === 'unrecorded' ? outcome.retryAfter : null,
        uncertain: null,
        problem,
        letter: problem?.members ?? {},
        graph: null,
        event: null,
        why: kind === 'unrecorded' ? outcome.why : kind,
      };
    },
    records: inLedger,
    cuts: [
      {
        name: 'members',
        shorten: ({ members: _members, add: _add, remove: _remove, ...letter }) => letter,
      },
      { name: 'event', shorten: ({ event: _event, ...letter }) => letter },
    ],
    sendPoisonedAgain: ({ kind }) => (kind === 'look' ? lookAgainAfter : null),
  };
}

function ruleOf(outcome: ChangeOutcome): QueueRule {
  switch (outcome.kind) {
    case 'refused':
      return { do: 'dead-letter', code: outcome.problem.code };
    case 'names-refused':
      return againForNames;
    case 'unrecorded':
      return outcome.code === 'directory-access-denied' ? againWhenGranted : again;
    default:
      return complete;
  }
}

/** The ledger itself records the result of a change. */
const inLedger: SettlementRecords<ChangeContent> = {
  record: () => Promise.resolve({ succeededBefore: false, version: null }),
  recordUnread: () => Promise.resolve(),
};

import { AdapterError, describeError } from '../problems/adapter-error.ts';
import { type ProblemCode, problemCatalogue } from '../problems/catalogue.ts';
import type { SettlementRecords, Verdict, WorkKind } from '../queue/kind.ts';
import { backoffs, type QueueRule } from '../queue/policy.ts';
import { queueNames } from '../storage/queues.ts';
import { type ChangeContent, type ChangeRules, createReadChangeMessage } from './change-message.ts';
import type { Declared } from './declaration.ts';
import type { Declarations } from './declarations.ts';

/** The result of a message on the queue of changes. */
export type ChangeOutcome =
  | Declared
  | { readonly kind: 'looked' }
  /** It may not have been recorded: the ledger could not be read or written, or names not be looked up. */
  | {
      readonly kind: 'unrecorded';
      readonly code: ProblemCode;
      readonly why: string;
      /** Seconds that the directory asks to wait; null: nobody does. */
      readonly retryAfter: number | null;
    };

/** Seconds after which a look is resent whose work crashed repeatedly: it is all that wakes the work on the group. */
const lookAgainAfter = 900;

/** Nothing was recorded. Instances of a later release may be at work already, and read what this one cannot. */
const maySucceedLater: readonly ProblemCode[] = [
  'deferral-unavailable',
  'record-unreadable',
  'directory-access-denied',
];

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
 * Queued changes of declared groups as a kind of work. A recorded change is complete, even if Graph refused it: the ledger
 * has it. A look that fails is redelivered by the host, and resent by poison message handling after that.
 */
export function createChangeKind(
  { declare, look }: Pick<Declarations, 'declare' | 'look'>,
  rules: ChangeRules,
): WorkKind<ChangeContent, ChangeOutcome> {
  return {
    name: 'change-declared-group',
    queue: queueNames.changes,
    read: createReadChangeMessage(rules),
    toMessage: ({ message }) => message,
    attempt: async function attemptChange({ content, trace, log }, patience) {
      if (content.kind === 'look') {
        await look(content.look, { log });
        return { kind: 'looked' };
      }
      try {
        return await declare(content.change, { source: 'queue', patience, trace, log });
      } catch (thrown) {
        return outcomeOf(thrown);
      }
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
    ],
    sendPoisonedAgain: ({ kind }) => (kind === 'look' ? lookAgainAfter : null),
  };
}

/** A change that was not recorded: it may be later, or its sender has to correct it. */
function outcomeOf(thrown: unknown): ChangeOutcome {
  if (!(thrown instanceof AdapterError))
    return { kind: 'unrecorded', code: 'deferral-unavailable', why: describeError(thrown), retryAfter: null };
  const { code, safeDetail: detail, members, retryAfter } = thrown;
  if (maySucceedLater.includes(code))
    return { kind: 'unrecorded', code, why: describeError(thrown), retryAfter };
  if (problemCatalogue[code].status < 500) return { kind: 'refused', problem: { code, detail, members } };
  throw thrown;
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

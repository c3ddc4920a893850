import type { Problem } from '../problems/problem.ts';
import type { MessageKind } from '../queue/message-kind.ts';
import { crashed, createHandlePoisonMessage, type HandlePoisonMessage } from '../queue/poison-messages.ts';
import { backoffs, circumstancesOf, decide, type QueueRule } from '../queue/policy.ts';
import type { WorkPorts } from '../queue/ports.ts';
import { createQueueWorker, type QueueWorker } from '../queue/receive-message.ts';
import { createPostpone, createResend } from '../queue/resend.ts';
import type { WorkItem } from '../queue/work-item.ts';
import { createFailItem, createWriteDeadLetter } from '../queue/write-dead-letter.ts';
import { queueNames } from '../storage/queues.ts';
import type { WorkResult } from '../telemetry/telemetry.ts';
import type { ChangeContent, ReadChangeMessage } from './change-message.ts';
import { type AttemptedChange, createAttemptChange } from './change-outcome.ts';
import { type AttemptedEvent, declareEvent, type MapEvent, mapNoEvent } from './declare-event.ts';
import type { Ledger } from './ledger.ts';

/** Why a change has to be tried again. */
interface Failure {
  readonly why: string;
  readonly problem?: Problem;
  /** Seconds that the directory asks to wait. */
  readonly retryAfter?: number | null;
}

/** What handles the messages of the queue of changes and of its poison queue. */
export interface ChangeWorker {
  readonly work: QueueWorker;
  readonly handlePoison: HandlePoisonMessage;
}

/** Milliseconds that a queued change waits for Graph before the rest is left to a look. */
const patience = 60_000;

/** Seconds after which a look is resent whose work crashed repeatedly: it is all that wakes the work on the group. */
const lookAgainAfter = 900;

type Again = Extract<QueueRule, { readonly do: 'reschedule' }>;

/** An account may be made later; until then everybody else is recorded. */
const againForNames: Again = {
  do: 'reschedule',
  reason: 'unavailable',
  giveUpCode: 'members-refused',
  backoff: backoffs.roleGrant,
};
const againWhenGranted: Again = {
  do: 'reschedule',
  reason: 'denied',
  giveUpCode: 'directory-access-denied',
  backoff: backoffs.roleGrant,
};
const again: Again = {
  do: 'reschedule',
  reason: 'unavailable',
  giveUpCode: 'gave-up',
  backoff: backoffs.outage,
};

interface ChangeWorkerDependencies extends Pick<Ledger, 'declare' | 'look'> {
  /** Absent: the app serves no sources. */
  readonly mapEvent?: MapEvent;
  readonly read: ReadChangeMessage;
}

/**
 * Queued changes of declared groups, also those that are still events of a source. A recorded change is complete, even if
 * Graph refused it: the ledger has it. A look that fails is redelivered by the host, and resent by poison message handling
 * after that.
 */
export function createChangeWorker(
  { declare, look, mapEvent = mapNoEvent, read }: ChangeWorkerDependencies,
  ports: WorkPorts,
): ChangeWorker {
  const { runtime, giveUpAfter } = ports;
  const kind: MessageKind<ChangeContent> = {
    name: 'change-declared-group',
    queue: queueNames.changes,
    read,
    toMessage: ({ message }) => message,
    cuts: [
      {
        name: 'members',
        shorten: ({ members: _members, add: _add, remove: _remove, ...letter }) => letter,
      },
      { name: 'event', shorten: ({ event: _event, ...letter }) => letter },
    ],
  };
  const attempt = createAttemptChange(declare);
  const resend = createResend(kind, ports.send);
  const postpone = createPostpone(resend, ports);
  const failItem = createFailItem(kind, createWriteDeadLetter(ports));
  /** The ledger itself records the result of a change. */
  const refuse = (item: WorkItem<ChangeContent>, problem: Problem) => failItem(item, problem, null);

  async function work(item: WorkItem<ChangeContent>): Promise<WorkResult> {
    const { content, trace, log } = item;
    const options = { source: 'queue', patience, trace, log } as const;
    switch (content.kind) {
      case 'look':
        await look(content.look, { log });
        return 'done';
      case 'change':
        return settle(await attempt(content.change, options), item);
      case 'event': {
        const mapped = await mapEvent(content.event, item.attempts > 1 || item.isRedelivered);
        return settle(await declareEvent(mapped, attempt, options), item);
      }
    }
  }

  async function settle(
    outcome: AttemptedChange | AttemptedEvent,
    item: WorkItem<ChangeContent>,
  ): Promise<WorkResult> {
    switch (outcome.kind) {
      case 'refused':
        await refuse(item, outcome.problem);
        return 'dead-lettered';
      case 'names-refused':
        return tryAgain(againForNames, { ...outcome, why: outcome.kind }, item);
      case 'unrecorded':
        return tryAgain(outcome.code === 'directory-access-denied' ? againWhenGranted : again, outcome, item);
      default:
        return 'done';
    }
  }

  /** Gives a change up once it is too old. */
  async function tryAgain(
    rule: Again,
    { why, problem, retryAfter = null }: Failure,
    item: WorkItem<ChangeContent>,
  ): Promise<WorkResult> {
    const circumstances = circumstancesOf(item, giveUpAfter, runtime.random());
    const decision = decide(rule, { wasTried: true, retryAfter }, circumstances);
    if (decision.do === 'reschedule') {
      await postpone(item, decision, { graph: null, why });
      return 'postponed';
    }
    const { detail = '', members = {} } = problem ?? {};
    const words = `Given up after ${item.attempts} attempts. ${detail}`.trimEnd();
    await refuse(item, { code: rule.giveUpCode, detail: words, members });
    return 'dead-lettered';
  }

  const handleCrashed = (item: WorkItem<ChangeContent>) =>
    item.content.kind === 'look' ? resend(item, lookAgainAfter) : refuse(item, crashed);
  return {
    work: createQueueWorker(kind, { work, refuse, recordUnreadable: null }, ports),
    handlePoison: createHandlePoisonMessage(kind, { refuse, handleCrashed, recordUnreadable: null }, ports),
  };
}

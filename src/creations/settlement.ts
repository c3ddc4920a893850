import { describeError } from '../problems/adapter-error.ts';
import type { Problem } from '../problems/problem.ts';
import { eventFields } from '../queue/event-fields.ts';
import type { MessageKind } from '../queue/message-kind.ts';
import { delayBefore, type QueueDecision } from '../queue/policy.ts';
import type { WorkPorts } from '../queue/ports.ts';
import { createPostpone, createResend } from '../queue/resend.ts';
import { nameOf, type WorkItem } from '../queue/work-item.ts';
import { createFailItem, createWriteDeadLetter } from '../queue/write-dead-letter.ts';
import type { Creation } from './message.ts';
import type { CreationState, OperationRecords } from './operation-records.ts';
import type { Recorded } from './operations/operations.ts';
import { type CreationOutcome, eventOf, wasTried } from './policy.ts';
import { problemOfCreation } from './problem.ts';

/** Seconds until work whose end could not be recorded is processed again. */
const verification = { first: 60, max: 3600 };

type Item = WorkItem<Creation>;
type Decided<Do extends QueueDecision['do']> = Extract<QueueDecision, { readonly do: Do }>;

/** The ways an attempt can end. Each rejects if the queue fails: the host delivers the message again. */
interface Settlement {
  /** Shows the work as running; null if that fails. */
  readonly begin: (item: Item) => Promise<Recorded | null>;
  readonly complete: (item: Item, outcome: CreationOutcome, begun: Recorded | null) => Promise<void>;
  readonly reschedule: (
    item: Item,
    outcome: CreationOutcome,
    decision: Decided<'reschedule'>,
    begun: Recorded | null,
  ) => Promise<void>;
  /** Requeues the work, to be read before it is written: its end cannot be recorded now. */
  readonly requeueToVerify: (item: Item) => Promise<void>;
  readonly deadLetter: (
    item: Item,
    outcome: CreationOutcome,
    decision: Decided<'dead-letter'>,
    begun: Recorded | null,
  ) => Promise<void>;
  /** For work that is not attempted: the message itself is at fault, or its worker crashed. */
  readonly refuse: (item: Item, problem: Problem) => Promise<void>;
}

export function createSettlement(
  kind: MessageKind<Creation>,
  records: OperationRecords,
  ports: WorkPorts,
): Settlement {
  const { telemetry, runtime } = ports;
  const resend = createResend(kind, ports.send);
  const postpone = createPostpone(resend, ports);
  const failItem = createFailItem(kind, createWriteDeadLetter(ports));

  async function record(item: Item, state: CreationState, previous: Recorded | null | undefined) {
    try {
      return await records.record(item, state, previous);
    } catch (thrown) {
      item.log('warn', `${nameOf(item.subject)}: ${state.status}, not recorded: ${describeError(thrown)}`);
      return null;
    }
  }

  function sendEvent({ subject, trace }: Item, attempts: number, outcome: CreationOutcome) {
    const event = eventOf(outcome);
    if (event !== undefined)
      telemetry.event(event, eventFields(subject, 'queue', attempts, graphOf(outcome)), trace);
  }

  async function complete(item: Item, outcome: CreationOutcome, begun: Recorded | null) {
    const recorded = await record(item, { status: 'succeeded' }, begun ?? expectation(item));
    // Requeued work, and a message that is delivered again: the event of its success has already been sent.
    const isReported = item.announced || (item.isRedelivered && recorded?.succeededBefore === true);
    if (!isReported) sendEvent(item, item.attempts, outcome);
    if (recorded !== null) return;
    if (item.isOverdue)
      item.log(
        'error',
        `${nameOf(item.subject)}: succeeded; not recorded after ${item.attempts} attempts, given up`,
      );
    else await requeueToVerify({ ...item, announced: true });
  }

  async function requeueToVerify(item: Item) {
    const circumstances = {
      ...item,
      age: 0,
      giveUpAfter: Number.POSITIVE_INFINITY,
      random: runtime.random(),
    };
    const delay = delayBefore(verification, { retryAfter: null }, circumstances);
    await resend({ ...item, uncertain: true }, delay);
  }

  async function reschedule(
    item: Item,
    outcome: CreationOutcome,
    decision: Decided<'reschedule'>,
    begun: Recorded | null,
  ) {
    const uncertain = 'uncertain' in outcome ? outcome.uncertain : item.uncertain;
    const next = await postpone({ ...item, attempts: attemptsAfter(item, outcome), uncertain }, decision, {
      graph: graphOf(outcome),
      why: 'why' in outcome ? outcome.why : outcome.kind,
    });
    const dateTime = new Date(runtime.clock.now() + Math.ceil(decision.seconds) * 1000).toISOString();
    const problem = problemOfCreation(outcome, item.content.group);
    await record(next, { status: 'running', next: { dateTime, problem } }, begun ?? expectation(item));
  }

  async function deadLetter(
    item: Item,
    outcome: CreationOutcome,
    { code, gaveUp }: Decided<'dead-letter'>,
    begun: Recorded | null,
  ) {
    const attempts = attemptsAfter(item, outcome);
    const { detail: words = '', members = {} } = problemOfCreation(outcome, item.content.group) ?? {};
    const detail = gaveUp ? `Given up after ${attempts} attempts. ${words}`.trimEnd() : words;
    sendEvent(item, attempts, outcome);
    await write({ ...item, attempts }, { code, detail, members }, begun);
  }

  async function write(item: Item, problem: Problem, begun: Recorded | null) {
    await failItem(item, problem, () =>
      records.record(item, { status: 'failed', problem }, begun ?? undefined),
    );
  }

  return {
    begin: (item) => record(item, { status: 'running' }, expectation(item)),
    complete,
    reschedule,
    requeueToVerify,
    deadLetter,
    refuse: (item, problem) => write(item, problem, null),
  };
}

/** On the first attempt at a producer's message there is usually no record yet: the write finds out. */
function expectation({ attempts, reason }: Item): null | undefined {
  return attempts <= 1 && reason === 'queued' ? null : undefined;
}

/** An attempt that our own limiter held back is none. */
function attemptsAfter({ attempts }: Item, outcome: CreationOutcome): number {
  return wasTried(outcome) ? attempts : attempts - 1;
}

function graphOf(outcome: CreationOutcome) {
  return 'graph' in outcome ? outcome.graph : null;
}

import { describeError } from '../problems/adapter-error.ts';
import { storageWithin } from '../storage/bounds.ts';
import { fitsQueue } from '../storage/queues.ts';
import type { DeadLetterError } from './dead-letter.ts';
import { toEnvelope } from './envelope.ts';
import { eventFields } from './event-fields.ts';
import type { Recorded, Verdict, WorkKind, WorkProblem, WorkState } from './kind.ts';
import type { Piece } from './piece.ts';
import { delayBefore, type QueueDecision } from './policy.ts';
import type { WorkPorts } from './ports.ts';
import { createWriteDeadLetter } from './write-dead-letter.ts';

/** Seconds: without its number of attempts a message has no backoff that grows. */
const delayWithoutHistory = 60;
/** Seconds until work whose end could not be recorded is processed again. */
const verification = { first: 60, max: 3600 };

type Decided<Do extends QueueDecision['do']> = Extract<QueueDecision, { readonly do: Do }>;

/** The ways an attempt can end. Each rejects if the queue fails: the host delivers the message again. */
export interface Settlement<Content> {
  /** Shows the work as running; null if that fails. */
  readonly begin: (piece: Piece<Content>) => Promise<Recorded | null>;
  readonly complete: (piece: Piece<Content>, verdict: Verdict, begun: Recorded | null) => Promise<void>;
  readonly reschedule: (
    piece: Piece<Content>,
    verdict: Verdict,
    decision: Decided<'reschedule'>,
    begun: Recorded | null,
  ) => Promise<void>;
  /** Requeues the work, to be read before it is written: its end cannot be recorded now. */
  readonly requeueToVerify: (piece: Piece<Content>) => Promise<void>;
  readonly deadLetter: (
    piece: Piece<Content>,
    verdict: Verdict,
    decision: Decided<'dead-letter'>,
    begun: Recorded | null,
  ) => Promise<void>;
  /** For work that is not attempted: the message itself is at fault, or its worker crashed. */
  readonly refuse: (piece: Piece<Content>, error: DeadLetterError) => Promise<void>;
}

export function createSettlement<Content extends object, Outcome>(
  kind: WorkKind<Content, Outcome>,
  ports: WorkPorts,
): Settlement<Content> {
  const { send, telemetry, runtime } = ports;
  const writeDeadLetter = createWriteDeadLetter(ports);

  async function record(piece: Piece<Content>, state: WorkState, previous: Recorded | null | undefined) {
    try {
      return await kind.records.record(piece, state, previous);
    } catch (thrown) {
      piece.log('warn', `${nameOf(piece)}: ${state.status}, not recorded: ${describeError(thrown)}`);
      return null;
    }
  }

  /** Sends the new message before the old one is completed: a crash in between leaves two, never none. */
  async function queueAgain(piece: Piece<Content>, delay: number) {
    const message = messageOf(piece);
    if (fitsQueue(message)) return send(kind.queue, message, { delay, within: storageWithin.queue });
    // A producer's message can leave no room for its history. Its age then begins anew, so that it is never given up.
    const bare = kind.toMessage(piece.content);
    await send(kind.queue, bare, {
      delay: Math.max(delay, delayWithoutHistory),
      within: storageWithin.queue,
    });
  }

  function messageOf(piece: Piece<Content>): object {
    return { ...kind.toMessage(piece.content), ...toEnvelope({ ...piece, trace: piece.origin }) };
  }

  async function complete(piece: Piece<Content>, verdict: Verdict, begun: Recorded | null) {
    const recorded = await record(piece, { status: 'succeeded' }, begun ?? expectation(piece));
    // Requeued work, and a message that is delivered again: the event of its success has already been sent.
    const isTold = piece.announced || (piece.isRedelivered && recorded?.succeededBefore === true);
    if (verdict.event !== null && !isTold)
      telemetry.event(
        verdict.event,
        eventFields(piece.subject, 'queue', piece.attempts, verdict.graph),
        piece.trace,
      );
    if (recorded !== null) return;
    if (piece.isOverdue)
      piece.log(
        'error',
        `${nameOf(piece)}: succeeded; given up recording it after ${piece.attempts} attempts`,
      );
    else await requeueToVerify({ ...piece, announced: true });
  }

  async function requeueToVerify(piece: Piece<Content>) {
    const circumstances = {
      ...piece,
      age: 0,
      giveUpAfter: Number.POSITIVE_INFINITY,
      random: runtime.random(),
    };
    const delay = delayBefore(verification, { retryAfter: null }, circumstances);
    await queueAgain({ ...piece, uncertain: true }, delay);
  }

  async function reschedule(
    piece: Piece<Content>,
    verdict: Verdict,
    { reason, seconds }: Decided<'reschedule'>,
    begun: Recorded | null,
  ) {
    const attempts = verdict.wasTried ? piece.attempts : piece.attempts - 1;
    const uncertain = verdict.uncertain ?? piece.uncertain;
    const next: Piece<Content> = { ...piece, reason, attempts, uncertain };
    await queueAgain(next, seconds);
    const fields = eventFields(piece.subject, 'queue', attempts, verdict.graph);
    telemetry.event('ExternalGroupPostponed', { ...fields, reason }, piece.trace);
    piece.log('warn', `${nameOf(piece)}: postponed by ${Math.ceil(seconds)} s: ${verdict.why}`);
    const dateTime = new Date(runtime.clock.now() + Math.ceil(seconds) * 1000).toISOString();
    const state = { status: 'running', next: { dateTime, problem: verdict.problem } } as const;
    await record(next, state, begun ?? expectation(piece));
  }

  async function deadLetter(
    piece: Piece<Content>,
    verdict: Verdict,
    { code, gaveUp }: Decided<'dead-letter'>,
    begun: Recorded | null,
  ) {
    const attempts = verdict.wasTried ? piece.attempts : piece.attempts - 1;
    const words = verdict.problem?.detail ?? '';
    const detail = gaveUp ? `Given up after ${attempts} attempts. ${words}`.trimEnd() : words;
    if (verdict.event !== null)
      telemetry.event(
        verdict.event,
        eventFields(piece.subject, 'queue', attempts, verdict.graph),
        piece.trace,
      );
    const problem = { code, detail, members: verdict.problem?.members ?? {} };
    await write({ ...piece, attempts }, { code, detail, ...verdict.letter }, problem, begun);
  }

  async function write(
    piece: Piece<Content>,
    error: DeadLetterError,
    problem: WorkProblem,
    begun: Recorded | null | undefined,
  ) {
    await writeDeadLetter({
      queue: kind.queue,
      content: { message: messageOf(piece), cuts: kind.cuts },
      error,
      subject: piece.subject,
      attempts: piece.attempts,
      trace: piece.trace,
      log: piece.log,
      record: () => kind.records.record(piece, { status: 'failed', problem }, begun ?? undefined),
    });
  }

  async function refuse(piece: Piece<Content>, error: DeadLetterError) {
    const { code, detail } = error;
    await write(piece, error, { code, detail, members: {} }, undefined);
  }

  return {
    begin: (piece) => record(piece, { status: 'running' }, expectation(piece)),
    complete,
    reschedule,
    requeueToVerify,
    deadLetter,
    refuse,
  };
}

/** On the first attempt at a producer's message there is usually no record yet: the write finds out. */
function expectation<Content>({ attempts, reason }: Piece<Content>): null | undefined {
  return attempts <= 1 && reason === 'queued' ? null : undefined;
}

function nameOf<Content>({ subject }: Piece<Content>): string {
  const { connectionId, groupId, operationId } = subject;
  if (operationId !== '') return `operation ${operationId}`;
  return groupId === '' ? `an event for ${connectionId || 'no connection'}` : `${connectionId}/${groupId}`;
}

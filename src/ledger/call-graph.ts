import { describeError } from '../problems/adapter-error.ts';
import { within } from '../shared/within.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import {
  type Answer,
  type Answered,
  isThrottledWithoutWait,
  notServed,
  servedPerThrottle,
} from './core/answered.ts';
import type { Call } from './core/plan.ts';
import { timing } from './core/timing.ts';
import type { LedgerPorts } from './ports.ts';

interface CallingOptions {
  readonly connectionId: string;
  readonly groupId: string;
  /** Monotonic time before the calls were marked. */
  readonly markedAt: number;
  /** Monotonic time after which no call starts, and by which all have ended. */
  readonly beginUntil: number;
  readonly endBy: number;
  readonly trace: TraceContext;
  readonly urgent: boolean;
}

export interface Called {
  readonly answered: readonly Answered[];
  readonly isGroupSeen: boolean;
}

/** Concurrent calls per group: as many as Graph accepts per connection. */
const inFlight = 25;
/** Maximum duration of a call whatever the deadline, so that it ends within its holder's lease. */
export const maxCall = 20_000;

/**
 * Makes the calls of a chunk: removals before additions, each started within its window. A call that Graph does not serve
 * (throttled, access refused, no response) ends the chunk: the rest is not started. A lone 429 among many served calls
 * does not, nor do those that come with it: calls in flight at the time of a 429 add no information.
 */
export async function callGraph(
  { graph, clock, context }: Pick<LedgerPorts, 'graph' | 'clock' | 'context'>,
  calls: readonly Call[],
  options: CallingOptions,
): Promise<Called> {
  const { connectionId, groupId, markedAt, beginUntil, endBy, trace, urgent } = options;
  const answers = new Map<Call, Answer>();
  let isEnded = false;
  let servedSinceThrottle = 0;
  let throttles = 0;

  const canStart = () => {
    const now = clock.monotonic();
    return !isEnded && now < beginUntil && now - markedAt <= timing.window;
  };
  const timed = <T>(call: (signal: AbortSignal) => Promise<T>) =>
    within(Math.max(1, Math.min(context.callTimeout, maxCall, endBy - clock.monotonic())), call, clock);

  async function make(call: Call): Promise<void> {
    if (!canStart()) return;
    const { write } = call;
    const throttlesBefore = throttles;
    const answer = await timed<Answer>((signal) =>
      write.kind === 'read-group'
        ? graph.read(connectionId, write.groupId, { signal, trace, urgent })
        : graph.write(connectionId, write, { signal, trace, urgent }),
    ).catch(unanswered);
    answers.set(call, answer);
    if (isThrottledWithoutWait(answer)) {
      if (throttlesBefore < throttles) return;
      isEnded ||= servedSinceThrottle < servedPerThrottle;
      servedSinceThrottle = 0;
      throttles += 1;
    } else if (notServed.includes(answer.kind)) isEnded = true;
    else servedSinceThrottle += 1;
  }

  async function makeAll(of: readonly Call[]): Promise<void> {
    const waiting = of.values();
    const worker = async () => {
      for (const call of waiting) await make(call);
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, of.length) }, worker));
  }

  const additions = calls.filter(({ write }) => write.kind === 'add-member');
  await makeAll(calls.filter(({ write }) => write.kind !== 'add-member'));
  await makeAll(additions);
  const answered = calls.map((call) => ({
    call,
    answer: answers.get(call) ?? ({ kind: 'not-called' } as const),
  }));

  // Only the group itself can show whether the member is missing or the group is.
  const isOpen =
    answered.some(({ call, answer }) => call.expects404 && answer.kind === 'absent') &&
    !answered.some(({ answer: { kind } }) => kind === 'ok');
  if (!isOpen || !canStart()) return { answered, isGroupSeen: false };
  const read = await timed<Answer>((signal) =>
    graph.read(connectionId, groupId, { signal, trace, urgent }),
  ).catch(unanswered);
  return { answered, isGroupSeen: read.kind === 'ok' };
}

/** Abandoned when its time was up: it may still be carried out. */
function unanswered(thrown: unknown): Answer {
  return { kind: 'silent', why: describeError(thrown), graph: null, retryAfter: null };
}

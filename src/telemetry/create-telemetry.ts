import { type AllowedUrl, allowedDimensions, allowedEventFields, allowedUrl } from './allow-list.ts';
import { createOutbox } from './outbox.ts';
import { createPump, type Intake } from './pump.ts';
import type { Signal, SpanSignal } from './signal.ts';
import type { Log, Telemetry, WorkResult } from './telemetry.ts';
import { childOf, readHostTrace, type TraceContext, traceIdOf } from './trace-context.ts';

interface TelemetryOptions {
  /** Loads the SDK and connects to the intake; called once, some time after the first signal. */
  readonly connect: () => Promise<Intake>;
  readonly log: Log;
}

/** Maximum number of waiting signals, about half a kilobyte each: enough for 2,500 creations in a burst. */
const capacity = 8_192;

/**
 * Records signals as plain data, to be sent later: an invocation never waits for the intake, never fails because of it,
 * and does not pay for loading the SDK.
 */
export function createTelemetry({ connect, log }: TelemetryOptions): Telemetry {
  const outbox = createOutbox<Signal>(capacity);
  let open = 0;
  const pump = createPump({ outbox, connect, isBusy: () => open > 0, log });

  function record(signal: Signal): void {
    outbox.push(signal);
    pump.wake();
  }

  function startSpan(span: Pick<SpanSignal, 'role' | 'parent' | 'link'>) {
    const trace = childOf(span.parent);
    const startedAt = Date.now();
    const started = performance.now();
    let ended = false;
    let duration: number | null = null;
    const stop = () => {
      duration ??= performance.now() - started;
    };
    open += 1;
    const end = (rest: Pick<SpanSignal, 'name' | 'success' | 'attributes'>) => {
      if (ended) return;
      ended = true;
      open -= 1;
      stop();
      record({
        kind: 'span',
        ...span,
        ...rest,
        trace,
        startedAt,
        endedAt: startedAt + (duration ?? 0),
      });
    };
    return { trace, stop, end };
  }

  return {
    event: (name, fields, trace) =>
      record({ kind: 'event', name, at: Date.now(), attributes: allowedEventFields(fields), trace }),
    metric: (name, value, dimensions) => {
      if (Number.isFinite(value))
        record({ kind: 'metric', name, value, attributes: allowedDimensions(name, dimensions) });
    },
    graphCall: ({ method, url }, parent) => {
      const { trace, stop, end } = startSpan({ role: 'client', parent, link: null });
      return {
        trace,
        stop,
        end: (status, isRepeated = false) =>
          end(describeCall(method, allowedUrl(url), { status, isRepeated })),
      };
    },
    queueWork: (parent, host, functionName) => {
      const { trace, end } = startSpan({ role: 'internal', parent, link: linkTo(parent, host) });
      return { trace, end: (result) => end(describeWork(functionName, result)) };
    },
    flush: (milliseconds) => within(milliseconds, pump.flush()),
  };
}

function describeCall(
  method: string,
  url: AllowedUrl | null,
  { status, isRepeated }: { readonly status: number | null; readonly isRepeated: boolean },
) {
  return {
    name: `${method} ${url?.path ?? ''}`,
    success: status !== null && status < 400,
    attributes: {
      'http.request.method': method,
      ...(url === null ? {} : { 'url.full': url.href, 'server.address': url.host }),
      ...(status === null ? {} : { 'http.response.status_code': status }),
      ...(isRepeated ? { repeated: 'true' } : {}),
    },
  };
}

function describeWork(name: string, result: WorkResult) {
  return {
    name,
    success: result === 'done' || result === 'postponed',
    attributes: { result },
  };
}

/** The host's own invocation, if it is in another trace than the message's. */
function linkTo(parent: TraceContext, host: Parameters<Telemetry['queueWork']>[1]): TraceContext | null {
  if (host?.traceParent === undefined) return null;
  const invocation = readHostTrace(host);
  return traceIdOf(invocation) === traceIdOf(parent) ? null : invocation;
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  work.then(resolve, resolve).finally(() => clearTimeout(timer));
  return promise;
}

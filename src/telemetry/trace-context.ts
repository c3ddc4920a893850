import { randomFillSync } from 'node:crypto';

/** W3C trace context as carried in headers. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** The trace of an invocation as the Functions host passes it on. */
export interface HostTraceContext {
  readonly traceParent?: string | undefined;
  readonly traceState?: string | undefined;
}

const wellFormed =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
/** The minimum that W3C requires every hop to pass on; longer ones are dropped so that a message keeps its limit. */
const maxTraceState = 512;

/** The caller's trace if it is well formed, otherwise a new one. */
export function readTraceContext(traceparent: unknown, tracestate: unknown): TraceContext {
  if (typeof traceparent !== 'string' || !wellFormed.test(traceparent) || traceparent.length > 55)
    return newTrace();
  const keep = typeof tracestate === 'string' && tracestate !== '' && tracestate.length <= maxTraceState;
  return keep ? { traceparent, tracestate } : { traceparent };
}

export function readHostTrace(context: HostTraceContext | undefined): TraceContext {
  return readTraceContext(context?.traceParent, context?.traceState);
}

export function newTrace(): TraceContext {
  return { traceparent: `00-${randomHex(16)}-${randomHex(8)}-01` };
}

/** A new span in the same trace. */
export function childOf(parent: TraceContext): TraceContext {
  const traceparent = `00-${traceIdOf(parent)}-${randomHex(8)}-${flagsOf(parent)}`;
  return parent.tracestate === undefined ? { traceparent } : { traceparent, tracestate: parent.tracestate };
}

export function traceIdOf({ traceparent }: TraceContext): string {
  return traceparent.slice(3, 35);
}

export function spanIdOf({ traceparent }: TraceContext): string {
  return traceparent.slice(36, 52);
}

function flagsOf({ traceparent }: TraceContext): string {
  return traceparent.slice(53, 55);
}

/** Drawn ahead: asking the system for a few bytes takes longer than everything else about a span. */
const pool = Buffer.alloc(4_096);
let drawn = pool.length;

function randomHex(bytes: number): string {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += bytes;
  return pool.toString('hex', drawn - bytes, drawn);
}

import { randomBytes } from 'node:crypto';
import type { TraceContext } from './core-types.ts';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The trace context of an invocation. The real host opens a request span of its own, so the caller's trace id is kept
 * and the span id is new; without a valid `traceparent` (https://www.w3.org/TR/trace-context/) a new trace begins.
 */
export function createTraceContext(traceparent?: string, tracestate?: string): TraceContext {
  const traceId = callersTraceId(traceparent);
  const span = randomBytes(8).toString('hex');
  const traceParent = `00-${traceId ?? randomBytes(16).toString('hex')}-${span}-01`;
  return traceId !== undefined && tracestate !== undefined && tracestate !== ''
    ? { traceParent, traceState: tracestate }
    : { traceParent };
}

function callersTraceId(traceparent: string | undefined): string | undefined {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', , rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  return /^0+$/.test(traceId) || /^0+$/.test(spanId) ? undefined : traceId;
}

import { randomUUID } from 'node:crypto';
import type { TraceContext } from './core-types.ts';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The trace context of an invocation. The real host opens a request span of its own, so the caller's trace id is kept
 * and the span id is new; without a valid `traceparent` (https://www.w3.org/TR/trace-context/) a new trace begins.
 */
export function createTraceContext(traceparent?: string, tracestate?: string): TraceContext {
  const traceId = callersTraceId(traceparent);
  const traceParent = `00-${traceId ?? randomHex()}-${randomHex().slice(16)}-01`;
  return traceId !== undefined && tracestate !== undefined && tracestate !== ''
    ? { traceParent, traceState: tracestate }
    : { traceParent };
}

/** 32 digits, and neither half is all zeros. Node draws many UUIDs at once, but asks the system for each `randomBytes`. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}

function callersTraceId(traceparent: string | undefined): string | undefined {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', , rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  return /^0+$/.test(traceId) || /^0+$/.test(spanId) ? undefined : traceId;
}

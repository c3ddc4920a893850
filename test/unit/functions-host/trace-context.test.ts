import { describe, expect, it } from 'vitest';
import { createTraceContext } from '../../../packages/functions-host/src/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('the trace context of an invocation', () => {
  it.each([`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`, `cc-${TRACE}-${SPAN}-01-later`])(
    'keeps the trace of %s',
    (traceparent) => {
      const { traceParent, traceState } = createTraceContext(traceparent, 'a=b');
      expect(traceParent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
      expect(traceParent).not.toContain(SPAN);
      expect(traceState).toBe('a=b');
    },
  );

  it.each([
    undefined,
    '',
    'rubbish',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ])('begins a trace with %j', (traceparent) => {
    const { traceParent, traceState } = createTraceContext(traceparent, 'a=b');
    expect(traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceParent).not.toContain(TRACE);
    expect(traceState).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { createGetOperationEndpoint } from '../../../src/http/get-operation.ts';
import { grace } from '../../../src/shared/within.ts';

it.each([
  [10_000, '', 4_000],
  [1_000, '', 3_000],
  [10_000, 'wait=1', 3_000],
  [10_000, 'wait=0', 2_000],
])(
  'a read of an operation with a deadline of %i ms and Prefer: %s ends within %i ms',
  async (deadline, prefer, most) => {
    const bounds: number[] = [];
    const read = (_id: string, bound: number) => {
      bounds.push(bound);
      return Promise.resolve(null);
    };
    const getOperation = createGetOperationEndpoint({ read }, { graphDeadline: deadline, now: Date.now });
    await getOperation(
      {
        method: 'GET',
        url: 'http://localhost/api/operations/x',
        headers: new Headers({ prefer }),
        params: { operationId: 'a'.repeat(32) },
        body: null,
      },
      { invocationId: 'invocation', traceContext: undefined, log: () => undefined },
    );
    expect(bounds).toHaveLength(1);
    // Storage that ignores the end of its time is left behind after `grace`.
    expect((bounds[0] ?? 0) + (most === 4_000 ? 0 : grace)).toBeLessThanOrEqual(most);
  },
);

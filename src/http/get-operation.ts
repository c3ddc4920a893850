import { isFinal } from '../creations/operations/operation.ts';
import type { Operations } from '../creations/operations/operations.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import { deadlineFor, graceOfAnswer } from '../shared/answer-in-time.ts';
import { grace } from '../shared/within.ts';
import { storageWithin } from '../storage/bounds.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { readPrefer } from './prefer.ts';
import { answerOperation } from './respond.ts';

const operationId = new RegExp(operationIdPattern);

/** `GET /api/operations/{operationId}` */
export function createGetOperationEndpoint(
  operations: Pick<Operations, 'read'>,
  { graphDeadline, now }: { readonly graphDeadline: number; readonly now: () => number },
): Endpoint {
  return createEndpoint(async ({ request }) => {
    const id = request.params.operationId ?? '';
    const operation = operationId.test(id) ? await read(id, readPrefer(request.headers).wait) : null;
    if (operation === null)
      throw new AdapterError('operation-not-found', 'There is no operation with this id.');
    return answerOperation(operation, isFinal(operation), now());
  });

  async function read(id: string, wait: number | null) {
    // A use of storage takes a little longer than its bound if storage ignores the abort signal.
    const within = deadlineFor(graphDeadline, wait) + graceOfAnswer - grace;
    try {
      return await operations.read(id, Math.min(storageWithin.http, within));
    } catch (cause) {
      throw new AdapterError('operations-unavailable', 'The operations cannot be read now.', { cause });
    }
  }
}

import { isFinal } from '../creations/operations/operation.ts';
import type { Operations } from '../creations/operations/operations.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import { storageWithin } from '../storage/bounds.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { answerOperation } from './respond.ts';

const operationId = new RegExp(operationIdPattern);

/** `GET /api/operations/{operationId}` */
export function createGetOperationEndpoint(operations: Operations, now: () => number): Endpoint {
  return createEndpoint(async ({ request }) => {
    const id = request.params.operationId ?? '';
    const operation = operationId.test(id) ? await read(id) : null;
    if (operation === null)
      throw new AdapterError('operation-not-found', 'There is no operation with this id.');
    return answerOperation(operation, isFinal(operation), now());
  });

  async function read(id: string) {
    try {
      return await operations.read(id, storageWithin.http);
    } catch (cause) {
      throw new AdapterError('operations-unavailable', 'The operations cannot be read now.', { cause });
    }
  }
}

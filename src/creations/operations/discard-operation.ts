import type { StorageSetting } from '../../settings/storage-setting.ts';
import { within } from '../../shared/within.ts';
import { hasStatus, storageWithin } from '../../storage/bounds.ts';
import type { CredentialFor } from '../../storage/credential.ts';
import { operationsTable } from '../../storage/stores.ts';
import { createTable } from '../../storage/table.ts';
import { fromEntity, keysOf, toEntity } from './entity.ts';

/**
 * Adds to a failed operation why its dead letter was discarded. False: there is no such operation, or it has not failed,
 * because the work was queued again.
 */
export type DiscardOperation = (operationId: string, reason: string, at: string) => Promise<boolean>;

/** Others may write the operation at the same time. */
const maxRounds = 5;

export function createDiscardOperation(
  storage: StorageSetting,
  credentialFor: CredentialFor,
): DiscardOperation {
  const table = createTable(operationsTable, storage, credentialFor);
  return async function discardOperation(operationId, reason, at) {
    const { partitionKey, rowKey } = keysOf(operationId);
    const tryOnce = async (signal: AbortSignal) => {
      const { entity } = await table.read(partitionKey, rowKey, signal);
      if (entity === null) return false;
      const stored = fromEntity(entity);
      const { error, status } = stored.operation;
      if (status !== 'failed' || error === undefined) return false;
      const detail = `${error.detail.replace(notePattern, '')}${discardNote(reason)}`;
      const operation = { ...stored.operation, error: { ...error, detail }, lastActionDateTime: at };
      const changed = toEntity({ ...stored, operation });
      await table.transact([{ kind: 'replace', entity: changed, etag: entity.etag }], signal);
      return true;
    };
    for (let round = 1; ; round += 1)
      try {
        return await within(storageWithin.queue, tryOnce);
      } catch (thrown) {
        if (!hasStatus(thrown, 412) || round === maxRounds) throw thrown;
      }
  };
}

const notePattern = / Its dead letter was discarded: [^\n]*$/;

function discardNote(reason: string): string {
  return ` Its dead letter was discarded: ${reason}`;
}

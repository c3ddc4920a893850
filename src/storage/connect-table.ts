import type { TableClient } from '@azure/data-tables';
import type { StorageSetting } from '../settings/storage-setting.ts';
import { noStorage, storageRetries } from './bounds.ts';
import type { CredentialFor } from './credential.ts';

/** Opens a table; storage is not called yet. */
export async function connectTable(
  storage: StorageSetting | null,
  credentialFor: CredentialFor,
  name: string,
): Promise<TableClient> {
  if (storage === null) throw new Error(noStorage);
  const { TableClient: Table } = await import('@azure/data-tables');
  const options = {
    retryOptions: {
      maxRetries: storageRetries.tries - 1,
      retryDelayInMs: storageRetries.delay,
      maxRetryDelayInMs: storageRetries.maxDelay,
    },
  };
  if (storage.kind === 'identity')
    return new Table(storage.tableUrl, name, await credentialFor(storage), options);
  // Only the emulator uses plain http; the SDK requires it to be allowed explicitly.
  const allowInsecureConnection = /UseDevelopmentStorage=true|http:\/\/(?:127\.|localhost|\[::1\])/i.test(
    storage.connectionString,
  );
  return Table.fromConnectionString(storage.connectionString, name, { ...options, allowInsecureConnection });
}

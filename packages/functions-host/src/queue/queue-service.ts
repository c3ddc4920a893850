import { QueueServiceClient, type StoragePipelineOptions } from '@azure/storage-queue';
import type { AppSettings } from '../app-settings.ts';

/** Opens a client for the account of a connection. */
export type OpenQueueService = (options: StoragePipelineOptions) => QueueServiceClient;

/**
 * Resolves a binding's `connection` as the host does: the setting `AzureWebJobs<name>` or `<name>`, either a connection
 * string or, as a prefix, the identity form `<name>__queueServiceUri` / `__accountName`. An empty name is
 * AzureWebJobsStorage.
 */
export async function resolveQueueService(connection: string, env: AppSettings): Promise<OpenQueueService> {
  const names = connection === '' ? ['AzureWebJobsStorage'] : [`AzureWebJobs${connection}`, connection];
  for (const name of names) {
    const connectionString = env[name];
    if (connectionString) return openByConnectionString(name, connectionString);
    const uri = serviceUri(name, env);
    if (uri !== undefined) return await openByIdentity(name, uri, env);
  }
  const [name = ''] = names.slice(-1);
  throw new Error(`Neither ${name} nor ${name}__queueServiceUri nor ${name}__accountName is set.`);
}

function openByConnectionString(name: string, connectionString: string): OpenQueueService {
  const open: OpenQueueService = (options) =>
    QueueServiceClient.fromConnectionString(connectionString, options);
  try {
    open({});
  } catch {
    // The SDK's message may quote the string, which contains the account key.
    throw new Error(`${name} is not a storage connection string.`);
  }
  return open;
}

/** `__accountName` wins over a URI next to it (https://github.com/Azure/azure-functions-host/issues/10401). */
function serviceUri(name: string, env: AppSettings): string | undefined {
  const account = env[`${name}__accountName`];
  if (account) return `https://${account}.queue.core.windows.net`;
  return env[`${name}__queueServiceUri`] || undefined;
}

async function openByIdentity(name: string, uri: string, env: AppSettings): Promise<OpenQueueService> {
  if (env[`${name}__credential`]?.toLowerCase() !== 'managedidentity') {
    throw new Error(
      `${name} is in the identity form: set ${name}__credential to "managedidentity". ` +
        "Azure's host would try a chain of credentials without it; this one does not probe.",
    );
  }
  const { ManagedIdentityCredential } = await import('@azure/identity');
  const clientId = env[`${name}__clientId`];
  const credential = clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
  return (options) => new QueueServiceClient(uri, credential, options);
}

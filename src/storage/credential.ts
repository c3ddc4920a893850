import type { StorageSetting } from '../settings/storage-setting.ts';

/** The identity that storage and telemetry are reached with: the same kind as Graph's. */
export async function createAzureCredential(kind: 'managed-identity' | 'azure-cli', clientId: string | null) {
  const { AzureCliCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (kind === 'azure-cli') return new AzureCliCredential();
  return new ManagedIdentityCredential(clientId === null ? {} : { clientId });
}

export type AzureCredential = Awaited<ReturnType<typeof createAzureCredential>>;

export type CredentialFor = (setting: StorageSetting & { kind: 'identity' }) => Promise<AzureCredential>;

import type { AzureCredential } from '../identity/azure-credential.ts';
import type { StorageSetting } from '../settings/storage-setting.ts';

/** The credential for an identity-based storage setting. */
export type CredentialFor = (setting: StorageSetting & { kind: 'identity' }) => Promise<AzureCredential>;

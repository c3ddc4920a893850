import { createAzureCredential } from '../../src/identity/azure-credential.ts';
import { settingCatalogue } from '../../src/settings/catalogue.ts';
import { parseConnectionString } from '../../src/settings/readers.ts';
import { type Environment, readSettings } from '../../src/settings/settings.ts';
import { readIdentityForm, type StorageSetting } from '../../src/settings/storage-setting.ts';
import type { CredentialFor } from '../../src/storage/credential.ts';
import { usageFailure } from '../failure.ts';
import { readStackFile } from './stack-file.ts';

export interface StorageOptions {
  /** Name of the environment variable that holds a connection string. */
  readonly storage?: string;
  /** Name of a storage account, accessed with the Azure CLI's sign-in. */
  readonly account?: string;
}

export interface StorageTarget {
  readonly setting: StorageSetting;
  readonly credentialFor: CredentialFor;
  /** The name shown to the operator; never a key. */
  readonly label: string;
}

/** The storage account to use: by option, else by environment, else the local stack's. */
export function findStorage(options: StorageOptions, env: Environment, folder: string): StorageTarget {
  const { setting, by } = choose(options, env, folder);
  return {
    setting,
    credentialFor: async () => createAzureCredential({ kind: 'azure-cli', clientId: null }),
    label: `${by} (${addressOf(setting)})`,
  };
}

function choose(
  { storage, account }: StorageOptions,
  env: Environment,
  folder: string,
): { setting: StorageSetting; by: string } {
  if (storage !== undefined && account !== undefined)
    throw usageFailure('Use --storage or --account, not both.');
  if (account !== undefined) return { setting: ofAccount(account), by: 'Azure CLI sign-in' };
  // The value is never repeated: a connection string given instead of a name would be shown.
  if (storage !== undefined) return { setting: ofVariable(env[storage]), by: '--storage' };
  // The app's own settings, read by the app's own reader; only the storage ones matter here.
  const { storage: set } = readSettings(
    Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AzureWebJobsStorage'))),
  );
  if (set !== null) return { setting: set, by: 'AzureWebJobsStorage' };
  return { setting: ofVariable(readStackFile(folder).storage), by: 'local stack' };
}

function ofAccount(accountName: string): StorageSetting {
  const rest = { queueServiceUri: null, tableServiceUri: null, credential: null, clientId: null };
  const setting = readIdentityForm({ accountName, ...rest }, null, (_member, expected) => {
    throw usageFailure(`--account must be the name of a storage account: ${expected}.`);
  });
  if (setting === null) throw usageFailure('--account must be the name of a storage account.');
  return setting;
}

function ofVariable(text: string | undefined): StorageSetting {
  if (text === undefined || text.trim() === '')
    throw usageFailure('--storage must name an environment variable; the one it names is not set.');
  const read = settingCatalogue.AzureWebJobsStorage.read(text.trim());
  if ('expected' in read || read.value === null)
    throw usageFailure('The storage setting is not a connection string of Azure storage.');
  return read.value;
}

function addressOf(setting: StorageSetting): string {
  if (setting.kind === 'identity') return new URL(setting.queueUrl).host;
  const pairs = parseConnectionString(setting.connectionString);
  const endpoint = pairs?.get('queueendpoint');
  return endpoint === undefined ? (pairs?.get('accountname') ?? 'emulator') : new URL(endpoint).host;
}

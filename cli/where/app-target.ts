import type { Environment } from '../../src/settings/settings.ts';
import { Failure, usageFailure } from '../failure.ts';
import { findAdapter } from './http-target.ts';
import { readStackFile } from './stack-file.ts';

export interface AppOptions {
  /** Root of the functions app. */
  readonly url?: string;
  /** Name of the environment variable that holds the master key. */
  readonly key?: string;
}

/** A deployed app, or the local stack's, with the key to its admin routes. */
export interface AppTarget {
  /** Without a trailing slash. */
  readonly url: string;
  readonly masterKey: string;
  readonly isLocal: boolean;
  readonly label: string;
}

/** The variable that holds the master key unless `--key` names another. */
export const masterKeyVariable = 'EXTERNAL_GROUPS_MASTER_KEY';

/** The app to use: by option, by what `azd` has deployed, else the local stack's. */
export function findApp({ url, key }: AppOptions, env: Environment, folder: string): AppTarget {
  const root = url ?? (env.AZURE_FUNCTION_APP_URL?.trim() || undefined);
  if (root === undefined) {
    if (key !== undefined) throw usageFailure('--key needs --url.');
    const { functionsUrl, masterKey } = readStackFile(folder);
    if (masterKey === null)
      throw new Failure('The local stack is of an earlier version; start it again with "npm start".');
    return { url: functionsUrl, masterKey, isLocal: true, label: 'local stack' };
  }
  const variable = key ?? masterKeyVariable;
  if ((env[variable]?.trim() ?? '') === '')
    throw usageFailure(
      `No master key: put it into ${key === undefined ? masterKeyVariable : 'the environment variable that --key names'}, for example ${masterKeyVariable}=$(${masterKeyCommand(env)}).`,
    );
  const found = findAdapter({ url: root, key: variable }, env, folder);
  return { url: found.url, masterKey: found.functionKey, isLocal: false, label: found.label };
}

/** How to read the master key, with the names from azd's environment. */
export function masterKeyCommand(env: Environment): string {
  const name = (variable: string, otherwise: string) => {
    const value = env[variable]?.trim() ?? '';
    return /^[\w.()-]{1,90}$/.test(value) ? value : otherwise;
  };
  return `az functionapp keys list --resource-group ${name('AZURE_RESOURCE_GROUP', '<group>')} --name ${name('AZURE_FUNCTION_APP_NAME', '<app>')} --query masterKey --output tsv`;
}

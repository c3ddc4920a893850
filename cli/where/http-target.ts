import { parseUrl } from '../../src/settings/readers.ts';
import type { Environment } from '../../src/settings/settings.ts';
import { isLoopback } from '../../src/shared/is-loopback.ts';
import { usageFailure } from '../failure.ts';
import { readStackFile } from './stack-file.ts';

export interface HttpOptions {
  readonly url?: string;
  /** Name of the environment variable that holds the function key. */
  readonly key?: string;
}

export interface HttpTarget {
  /** Without a trailing slash. */
  readonly url: string;
  readonly functionKey: string;
  readonly label: string;
}

/** The variable that holds the function key unless `--key` names another. */
export const defaultKeyVariable = 'EXTERNAL_GROUPS_KEY';

/** The adapter to use: by option, else the local stack's. */
export function findAdapter({ url, key }: HttpOptions, env: Environment, folder: string): HttpTarget {
  if (url === undefined) {
    if (key !== undefined) throw usageFailure('--key needs --url.');
    const stack = readStackFile(folder);
    return { url: stack.functionsUrl, functionKey: stack.functionKey, label: 'local stack' };
  }
  const root = parseUrl(url);
  // Every request carries the key: it must not be readable on the way.
  const isSafe = root?.protocol === 'https:' || (root?.protocol === 'http:' && isLoopback(root.hostname));
  if (root === null || !isSafe || root.username !== '' || root.search !== '' || root.hash !== '')
    throw usageFailure('--url must be the root of the functions app, https://… (http on this machine only).');
  const functionKey = env[key ?? defaultKeyVariable]?.trim() ?? '';
  // The option's value is not repeated: a key given instead of a name would be shown.
  if (functionKey === '')
    throw usageFailure(
      `No function key: put it into ${key === undefined ? defaultKeyVariable : 'the environment variable that --key names'}.`,
    );
  const bare = root.href.replace(/\/+$/, '');
  return { url: bare, functionKey, label: bare };
}

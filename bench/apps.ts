import { type HostProcess, startHostProcess } from '../local/stack/host-process.ts';
import type { Stack } from '../local/stack/stack.ts';
import { type AppName, rootOf } from './peers.ts';

export const groupsPath = '/api/connections/contosohr/groups';

/** Starts an app on its own functions host next to the stack, quietly and with the stack's stand-ins. */
export async function startApp(
  stack: Stack,
  app: AppName,
  env: Readonly<Record<string, string>> = {},
): Promise<HostProcess> {
  const lines: string[] = [];
  try {
    return await startHostProcess({
      projectRoot: rootOf(app),
      env: { ...stack.env, ...quiet, ...env, FUNCTIONS_HOST_PORT: '0' },
      onLine: (line) => {
        if (lines.push(line) > 20) lines.shift();
      },
    });
  } catch (error) {
    throw new Error(`${app} did not start: ${lines.join('\n')}`, { cause: error });
  }
}

/** For queue measures: an app without queues cannot be compared with one that polls ten times a second. */
export const impatient = { AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100' };

/** A log line per invocation is the host's work, not the app's. */
const quiet = {
  AzureFunctionsJobHost__logging__logLevel__default: 'Warning',
  AzureFunctionsJobHost__logging__logLevel__Function: 'Warning',
};

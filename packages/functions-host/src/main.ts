/**
 * Runs the functions app of a folder without Core Tools: `node packages/functions-host/src/main.ts [--root <folder>]`.
 *
 * FUNCTIONS_HOST_PORT          port, 0 for a free one (7071)
 * FUNCTIONS_HOST_KEY           the host key, which opens every function of level `function`; generated and shown if absent
 * FUNCTIONS_HOST_MASTER_KEY    the master key, which opens everything, the admin API too; likewise
 * FUNCTIONS_HOST_FUNCTION_KEYS keys that open one function each: function=key, several separated by commas
 * FUNCTIONS_HOST_DATA          folder that keeps the status of timers between runs (none)
 * FUNCTIONS_HOST_QUEUE_LEASE   seconds that a queue message stays invisible while it is processed (600)
 * FUNCTIONS_HOST_HTTP_TIMEOUT  seconds that a function may take to answer (230)
 *
 * A parent that started it with an IPC channel gets one message, `ready` or `failed`; when the parent ends, the host
 * stops too.
 */
import { parseArgs } from 'node:util';
import { errorStack, errorText } from './error-text.ts';
import type { FunctionSummary } from './function-summary.ts';
import { parseFunctionKeys } from './http/access-keys.ts';
import { type FunctionsHost, startFunctionsHost } from './start-functions-host.ts';

export type HostMessage =
  | { type: 'ready'; url: string; functions: FunctionSummary[]; key: string; masterKey: string }
  | { type: 'failed'; message: string };

const { values } = parseArgs({ options: { root: { type: 'string' } } });
const { env } = process;

// A closed pipe on the other side must not turn into an uncaught error.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
// As the worker does: an error that nobody caught ends the process.
process.on('uncaughtException', (error) => die(`Uncaught exception in the app: ${errorStack(error)}`));
process.on('unhandledRejection', (error) => die(`Unhandled rejection in the app: ${errorStack(error)}`));

let ready = false;
let host: FunctionsHost;
try {
  host = await startFunctionsHost({
    root: values.root ?? process.cwd(),
    env,
    port: numberFrom('FUNCTIONS_HOST_PORT', 7071),
    key: env.FUNCTIONS_HOST_KEY,
    masterKey: env.FUNCTIONS_HOST_MASTER_KEY,
    functionKeys: parseFunctionKeys(env.FUNCTIONS_HOST_FUNCTION_KEYS ?? ''),
    dataFolder: env.FUNCTIONS_HOST_DATA || undefined,
    queueLeaseMs: numberFrom('FUNCTIONS_HOST_QUEUE_LEASE', 600) * 1000,
    answerTimeoutMs: numberFrom('FUNCTIONS_HOST_HTTP_TIMEOUT', 230) * 1000,
    colours: process.stdout.isTTY === true && !env.NO_COLOR,
    onFatal: die,
  });
} catch (error) {
  die(errorText(error));
  // The process ends once the message has been sent to the parent.
  await new Promise(() => {});
  throw error;
}
ready = true;

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.on('disconnect', () => {
  if (!stopping) stop();
});

const { url, functions, key, masterKey } = host;
host.log({ level: 'information', category: 'Host.Startup', message: `listening on ${url}` });
// Without a parent to show it, nobody would know a key generated here.
if (process.send === undefined) {
  if (!env.FUNCTIONS_HOST_KEY) process.stdout.write(`host key: ${key}\n`);
  if (!env.FUNCTIONS_HOST_MASTER_KEY) process.stdout.write(`master key: ${masterKey}\n`);
}
await sendToParent({ type: 'ready', url, functions, key, masterKey });

/** The first signal lets running work finish, the second ends the process at once. */
function stop(): void {
  if (stopping) process.exit(1);
  stopping = true;
  host.stop().then(
    () => process.exit(0),
    (error: unknown) => die(errorStack(error)),
  );
}

function die(message: string): void {
  process.stderr.write(`${message}\n`);
  if (ready) process.exit(1);
  sendToParent({ type: 'failed', message }).finally(() => process.exit(1));
}

function numberFrom(name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0) throw new Error(`${name} is "${text}" but must be a number.`);
  return number;
}

function sendToParent(message: HostMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

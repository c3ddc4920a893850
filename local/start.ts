/**
 * `npm start`: the app and everything it needs, on this machine.
 *
 *   --port <n>       the functions port (also PORT; 7071)
 *   --data <folder>  keeps the storage's data there; otherwise it is in memory only
 *   --root <folder>  another functions app than this project's
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs, styleText } from 'node:util';
import { nameKinds } from '../src/groups/member-name.ts';
import { settingCatalogue } from '../src/settings/catalogue.ts';
import { neededDirectoryRole, neededGraphRole } from '../src/settings/permissions.ts';
import { findFunc, startFuncProcess } from './stack/func-process.ts';
import { startHostProcess } from './stack/host-process.ts';
import { type Stack, startStack } from './stack/stack.ts';
import { describeStack, writeStackFile } from './stack/stack-file.ts';
import { chosenPort, startPorts } from './stack/start-ports.ts';
import { welcome } from './stack/welcome.ts';
import { groupWatchers } from './watch/watch-groups.ts';
import { telemetryWatcher } from './watch/watch-telemetry.ts';
import { watch, workWatchers } from './watch/watch-work.ts';

const { stdout, stderr, env } = process;
const colours = stdout.isTTY === true && !env.NO_COLOR;
const emphasis = (text: string) => (colours ? styleText('bold', text, { validateStream: false }) : text);
const print = (line: string) => void stdout.write(`${line}\n`);
// The reader of the output may stop first (`npm start | head`): the processes must still be stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {});

/** Settings of the app that a developer may set for a local run; the others point to the stand-ins. */
const ownSettings = Object.keys(settingCatalogue).filter(
  (name) =>
    ![
      'GRAPH_BASE_URL',
      'GRAPH_CREDENTIAL',
      'AzureWebJobsStorage',
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
    ].includes(name),
);

function rolesForNames(names: string): readonly string[] {
  const kinds = nameKinds.filter((kind) => names.split(',').some((name) => name.trim() === kind));
  return [neededDirectoryRole(kinds) ?? []].flat();
}

let starting: Promise<Stack> | undefined;
let stopWatching = () => {};
let removeStackFile = () => Promise.resolve();
let stopping = false;

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  stopWatching();
  const stack = await starting?.catch(() => undefined);
  await stack?.close();
  await removeStackFile();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, data: { type: 'string' }, root: { type: 'string' } },
  });
  const ports = await startPorts(chosenPort(values.port, env.PORT));
  if (values.data !== undefined) await mkdir(values.data, { recursive: true });
  const func = findFunc();
  const early: string[] = [];
  let onLine = (line: string) => void early.push(line);

  starting = startStack({
    ports,
    env: {
      ...Object.fromEntries(ownSettings.map((name) => [name, env[name] ?? ''])),
      FUNCTIONS_HOST_FUNCTION_KEYS: env.FUNCTIONS_HOST_FUNCTION_KEYS,
    },
    // As `azd up` grants it: what MEMBER_NAMES needs comes with it.
    tokens: { roles: [neededGraphRole, ...rolesForNames(env.MEMBER_NAMES ?? '')] },
    graph: {
      connections: (env.EXTERNAL_CONNECTIONS ?? '').split(',').map((id) => id.trim()),
      // Whatever GRAPH_CLOUD says, this stand-in plays that cloud.
      audiences: [
        'https://graph.microsoft.com',
        'https://graph.microsoft.us',
        'https://dod-graph.microsoft.us',
      ],
    },
    ...(env.FUNCTIONS_HOST_KEY ? { functionKey: env.FUNCTIONS_HOST_KEY } : {}),
    ...(values.data === undefined ? {} : { storageFolder: values.data }),
    ...(values.root === undefined ? {} : { projectRoot: values.root }),
    launchHost: (options) =>
      func === undefined
        ? startHostProcess(options)
        : startFuncProcess(func, ports.functions ?? 7071, options),
    onHostLine: (line) => onLine(line),
  });
  const stack = await starting;
  const { host } = stack;
  if (host !== undefined && !stopping) {
    const hostName =
      func === undefined ? 'local host (func is not installed)' : `func start (${func}), requires no key`;
    print(welcome(stack, host, hostName, emphasis));
    onLine = print;
    removeStackFile = await writeStackFile(describeStack(stack, host.url));
    for (const line of early) print(line);
    const watchers = [
      ...workWatchers(stack.azurite.connectionString),
      ...groupWatchers(stack.azurite.connectionString),
      telemetryWatcher(stack.telemetry.items),
    ];
    stopWatching = watch(watchers, print);
    const { code, signal } = await host.exited;
    if (!stopping) {
      stderr.write(`The functions host ended (${signal ?? code}); stopping the rest.\n`);
      await stop(1);
    }
  }
} catch (error) {
  if (!stopping) stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}

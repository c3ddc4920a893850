/**
 * `npm start`: the app and everything it needs, on this machine.
 *
 *   --port <n>       the functions port (also PORT; 7071)
 *   --data <folder>  keeps the storage's data there; otherwise it is in memory only
 *   --build          builds the app first, with source maps
 *   --root <folder>  another functions app than this project's
 *
 * HTTPS=1 serves the app over TLS; INSPECT=9229 opens the worker to a debugger (docs/debugging.md).
 *
 * What takes long to load is imported after the first line has been printed.
 */
import { parseArgs, styleText } from 'node:util';
import { chosenPort, startPorts } from './stack/start-ports.ts';
import { wrapLine } from './watch/line.ts';

const { stdout, stderr, env } = process;
const colours = stdout.isTTY === true && !env.NO_COLOR;
const emphasis = (text: string) => (colours ? styleText('bold', text, { validateStream: false }) : text);
/** Wide enough for the time in front of a line. */
const indent = 13;
/** What is meant to be pasted stays as it is. */
const isCommand = (line: string) => /^(?:curl|npx|export|\$)/.test(line);
const print = (text: string) => {
  const columns = stdout.isTTY ? stdout.columns : undefined;
  const lines = text.split('\n').map((line) => (isCommand(line) ? line : wrapLine(line, columns, indent)));
  stdout.write(`${lines.join('\n')}\n`);
};
// The reader of the output may stop first (`npm start | head`): the processes must still be stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {});

let run: { close(): Promise<void> } | undefined;
let stopping = false;

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await run?.close();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!stopping) print('Stopping …');
    void stop(0);
  });

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      build: { type: 'boolean' },
      root: { type: 'string' },
    },
  });
  const ports = await startPorts(chosenPort(values.port, env.PORT));
  print(
    values.build
      ? 'Building the app and starting the local stack, which takes a few seconds …'
      : 'Starting the local stack, which takes a few seconds …',
  );
  const { startRun } = await import('./run-stack.ts');
  const started = startRun({ ports, env, options: values, print, emphasis });
  run = started;
  const ended = await started.ended;
  if (!stopping) stderr.write(`The functions host ended (${ended}); stopping the rest.\n`);
  await stop(1);
} catch (error) {
  if (!stopping) stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}

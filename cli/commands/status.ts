import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable, shortTime } from '../terminal/printable.ts';
import { tableOf } from '../terminal/table.ts';
import { withStorageOptions } from '../where/options.ts';
import { findStorage, type StorageOptions } from '../where/storage-target.ts';
import { repeat } from '../work/repeat.ts';
import { openSearch } from '../work/search.ts';
import {
  type ConnectionStatus,
  groupStates,
  type QueueStatus,
  readStatus,
  type Status,
} from '../work/status.ts';

interface StatusOptions extends StorageOptions {
  readonly watch?: boolean;
}

export function addStatusCommand(program: Command, context: Context, endWith: EndWith): void {
  const status = program
    .command('status')
    .description('show the work in progress: queues, states, waits and timers')
    .option('--watch', 'refresh every two seconds until Ctrl-C');
  withStorageOptions(status).action(async (options: StatusOptions) =>
    endWith(await showStatus(options, context)),
  );
}

/** `status`: what the adapter has to do, and how far it is. */
async function showStatus(options: StatusOptions, context: Context): Promise<ExitCode> {
  const { console, interrupted, now } = context;
  const target = findStorage(options, context.env, context.folder);
  const search = openSearch(target, interrupted);
  await repeat(options.watch === true, context, async () => {
    const status = await readStatus(target, search, now());
    if (interrupted.aborted) return;
    await console.document({ at: new Date(now()).toISOString(), ...status });
    for (const line of describeStatus(status, now(), console.paint)) console.line(line);
  });
  return exitCodes.ok;
}

function describeStatus(status: Status, now: number, paint: Paint): string[] {
  const { queues, operations, connections, pauses, timers, isWhole } = status;
  const counts = Object.entries(operations).map(([name, number]) => `${number} ${name}`);
  return [
    paint.bold(shortTime(new Date(now).toISOString())),
    '',
    ...tableOf<QueueStatus>(
      [
        { head: 'QUEUE', text: ({ queue }) => queue },
        { head: 'DEPTH', text: ({ depth }) => depth.toLocaleString('en'), align: 'right' },
        {
          head: 'OLDEST',
          text: ({ oldestDateTime: at }) => (at === null ? '' : ageOf(at, now)),
          align: 'right',
        },
      ],
      queues,
      paint.dim,
    ),
    '',
    `Operations: ${counts.join(', ')}.`,
    ...(connections.length === 0 ? ['No declared groups.'] : ['', ...tableOfConnections(connections, paint)]),
    '',
    ...(pauses.length === 0 ? ['No work waits because Graph throttles.'] : []),
    ...pauses.map(
      ({ connectionId, untilDateTime }) =>
        `Graph throttles ${printable(connectionId)}: work waits until ${shortTime(untilDateTime)}.`,
    ),
    ...(timers.length === 0 ? ['No timer has run so far.'] : []),
    ...timers.map(
      ({ timer, endedDateTime, succeeded }) =>
        `Timer ${printable(timer)}: last ended ${ageOf(endedDateTime, now)} ago${succeeded ? '' : `, ${paint.red('failed')}`}.`,
    ),
    ...(isWhole ? [] : ['Not everything was counted: there is more.']),
  ];
}

function tableOfConnections(connections: readonly ConnectionStatus[], paint: Paint): string[] {
  return tableOf<ConnectionStatus>(
    [
      { head: 'GROUPS OF', text: ({ connectionId }) => printable(connectionId), paint: () => paint.bold },
      ...groupStates.map((state) => ({
        head: state.toUpperCase(),
        text: (row: ConnectionStatus) => row[state].toLocaleString('en'),
        align: 'right' as const,
      })),
    ],
    connections,
    paint.dim,
  );
}

function ageOf(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SimulationName } from '../simulation/simulations.ts';

/** The rooms whose unit tests are run. */
const rooms = ['ledger', 'names', 'queue', 'creations'];

export interface Noticing {
  readonly isNoticed: boolean;
  /** By what, in short. */
  readonly what: string;
}

export interface JudgeOptions {
  readonly folder: string;
  /** How many schedules of each world. */
  readonly schedules: number;
}

/** Milliseconds after which something that goes round for ever has been noticed. */
const longest = 600_000;

/** Plays schedules until one violates something. */
export async function bySimulation(
  worlds: readonly SimulationName[],
  { folder, schedules }: JudgeOptions,
): Promise<Noticing> {
  for (const of of worlds) {
    const { code, output } = await run(folder, [
      'test/simulation/simulate.ts',
      ...['--of', of, '--runs', String(schedules), '--threads', '1', '--until-found'],
    ]);
    if (code === 0) continue;
    const rule = /^([\w-]+): \d+ schedules, seeds (\d+)/m.exec(output);
    const what = rule === null ? 'crashed' : `${rule[1]}, ${of} ${rule[2]}`;
    return { isNoticed: true, what: code === null ? 'went round for ever' : what };
  }
  return { isNoticed: false, what: '' };
}

/** Runs the unit tests of the rooms concerned, up to the first failure. */
export async function byUnitTests({ folder }: JudgeOptions): Promise<Noticing> {
  const { code, output } = await run(folder, [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--project', 'unit', '--bail', '1', '--reporter', 'dot'],
    ...rooms.map((room) => join('test', 'unit', room)),
  ]);
  if (code === 0) return { isNoticed: false, what: '' };
  const failed = /FAIL\s+(?:\|unit\|\s+|unit\s+)?(\S+\.test\.ts)/.exec(output)?.[1];
  return { isNoticed: true, what: failed?.split('/').at(-1) ?? 'failed' };
}

/** `code` null: ended because it took too long. */
function run(folder: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, timeout: longest, killSignal: 'SIGKILL' });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output += data.toString('utf8');
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: stripVTControlCharacters(output) }));
  });
}

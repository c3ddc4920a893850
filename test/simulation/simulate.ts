/**
 * `npm run simulate -- [--runs 20000 | --for PT1H] [--from 1] [--threads 2] [--break name] [--seed n]
 *   [--of creations] [--until-found]`
 *
 * Plays schedules of creations, each determined by its seed. With `--seed` one of them, step by step; otherwise as many as
 * requested, and the first violation found is played again and shown; with `--until-found` none after it. `--break` puts a deliberate bug into the app. Exit
 * code 0 if nothing was violated.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readDuration } from '../../src/settings/duration.ts';
import { playInThreads } from './play-in-threads.ts';
import { type SimulationName, simulations } from './simulations.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    for: { type: 'string' },
    from: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(Math.min(8, availableParallelism())) },
    break: { type: 'string' },
    of: { type: 'string', default: 'creations' },
    'until-found': { type: 'boolean', default: false },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { break: broken } = values;
const of = toName(values.of);
const { play } = simulations[of];

async function show(seed: number): Promise<boolean> {
  const { violation, timeline, steps } = await play(seed, { keepTimeline: true, break: broken });
  for (const line of timeline) say(line);
  say(`seed ${seed}: ${steps} steps; ${violation === null ? 'nothing violated' : violation.message}`);
  return violation === null;
}

async function playMany(): Promise<boolean> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const seconds = values.for === undefined ? Number.POSITIVE_INFINITY : toSeconds(values.for);
  const runs = Number(values.runs ?? (values.for === undefined ? 20_000 : Number.MAX_SAFE_INTEGER));
  const first = Number(values.from);
  let from = first;
  let said = 0;
  const shown = new Set<number>();
  const stopsAtFirst = values['until-found'];
  const found = await playInThreads({
    threads: Number(values.threads),
    next: () => {
      const count = Math.min(stopsAtFirst ? 25 : 500, first + runs - from);
      if (count <= 0 || elapsed() >= seconds || (stopsAtFirst && shown.size > 0)) return null;
      from += count;
      return { of, from: from - count, count, break: broken, untilFound: stopsAtFirst };
    },
    onProgress: ({ runs: done, violations }) => {
      const violated = Object.values(violations).flat();
      for (const seed of violated.filter((one) => !shown.has(one))) {
        shown.add(seed);
        say(`a violation: seed ${seed}`);
      }
      if (done - said < 20_000) return;
      said = done;
      say(`${done} schedules, ${elapsed().toFixed(0)} s, ${violated.length} violations`);
    },
  });
  say(`${found.runs} schedules, ${found.steps} steps, ${elapsed().toFixed(1)} s`);
  say(
    Object.entries(found.totals)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  );
  const violations = Object.entries(found.violations);
  for (const [rule, seeds] of violations)
    say(`${rule}: ${seeds.length} schedules, seeds ${seeds.slice(0, 10).join(' ')}`);
  const [seed] = violations.flatMap(([, seeds]) => seeds).sort((a, b) => a - b);
  if (seed !== undefined && !stopsAtFirst) await show(seed);
  return violations.length === 0;
}

function toName(name: string): SimulationName {
  const found = Object.keys(simulations).find((one): one is SimulationName => one === name);
  if (found === undefined) throw new Error(`There is no simulation of "${name}".`);
  return found;
}

function toSeconds(duration: string): number {
  const read = readDuration(duration, 1_000, 30 * 86_400_000, 'PT2H');
  if ('expected' in read) throw new Error(`"${duration}" is not ${read.expected}.`);
  return read.value / 1_000;
}

const passed = await (values.seed === undefined ? playMany() : show(Number(values.seed)));
process.exitCode = passed ? 0 : 1;

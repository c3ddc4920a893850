/**
 * `npm run mutants -- [--only name,name] [--short] [--by unit|simulation|either] [--schedules 1000] [--table]`
 *
 * Breaks the product in one place after the other, in a copy of it, and says who notices: the unit tests of the rooms
 * concerned, the simulation, or nobody; by `either`: unit tests are asked only where the simulation notices nothing. With
 * `--short` a dozen of them and the simulation alone; `--table` prints Markdown.
 * A text that is no longer found in the sources is an error. Exit code 0 if every mutant was noticed.
 */
import { parseArgs } from 'node:util';
import { bySimulation, byUnitTests, type JudgeOptions, type Noticing } from './judges.ts';
import { allMutants } from './list/all.ts';
import { alterationsOf, type Mutant, worldsOf } from './mutant.ts';
import { makeScratchCopy, staleTexts } from './scratch-copy.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    by: { type: 'string' },
    schedules: { type: 'string' },
    table: { type: 'boolean', default: false },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const by = values.by ?? (values.short ? 'simulation' : 'both');
const schedules = Number(values.schedules ?? (values.short ? 400 : 1_000));

interface Result {
  readonly mutant: Mutant;
  readonly unit: Noticing | null;
  readonly simulation: Noticing | null;
}

function chosen(): readonly Mutant[] {
  const names = values.only?.split(',');
  const found = allMutants.filter(({ name, isShort }) =>
    names === undefined ? !values.short || isShort === true : names.includes(name),
  );
  if (names !== undefined && found.length < names.length)
    throw new Error(`There are ${allMutants.map(({ name }) => name).join(', ')}.`);
  return found;
}

async function judge(mutant: Mutant, options: JudgeOptions): Promise<Result> {
  const simulation = by === 'unit' ? null : await bySimulation(worldsOf(mutant), options);
  const needsNoMore = by === 'simulation' || (by === 'either' && simulation?.isNoticed === true);
  return { mutant, simulation, unit: needsNoMore ? null : await byUnitTests(options) };
}

const isNoticed = ({ unit, simulation }: Result) =>
  unit?.isNoticed === true || simulation?.isNoticed === true;
const wordsOf = (noticing: Noticing | null) =>
  noticing === null ? '–' : noticing.isNoticed ? noticing.what : 'no';

function tell(result: Result): void {
  const { mutant, unit, simulation } = result;
  const { name, words } = mutant;
  if (values.table) say(`| \`${name}\`: ${words} | ${wordsOf(unit)} | ${wordsOf(simulation)} |`);
  else
    say(
      `${isNoticed(result) ? 'noticed' : 'NOBODY '}  ${name}: unit ${wordsOf(unit)}; simulation ${wordsOf(simulation)}`,
    );
}

async function main(): Promise<boolean> {
  const stale = await staleTexts(allMutants.flatMap(alterationsOf));
  for (const fault of stale) say(`stale: ${fault}`);
  if (stale.length > 0) return false;
  const copy = await makeScratchCopy();
  try {
    const options = { folder: copy.folder, schedules };
    const mutants = chosen();
    const worlds = [...new Set(mutants.flatMap(worldsOf))];
    if (by !== 'unit') {
      const whole = await bySimulation(worlds, options);
      if (whole.isNoticed) {
        say(`the simulation finds something unbroken: ${whole.what}`);
        return false;
      }
    }
    if (by !== 'simulation') {
      const whole = await byUnitTests(options);
      if (whole.isNoticed) {
        say(`unit tests fail unbroken: ${whole.what}`);
        return false;
      }
    }
    const results: Result[] = [];
    for (const mutant of mutants) {
      const result = await copy.broken(alterationsOf(mutant), () => judge(mutant, options));
      results.push(result);
      tell(result);
    }
    const count = (of: (result: Result) => boolean | undefined) => results.filter(of).length;
    const nobody = results.filter((result) => !isNoticed(result));
    say(
      `${results.length} mutants: unit tests notice ${count(({ unit }) => unit?.isNoticed)}, ` +
        `the simulation ${count(({ simulation }) => simulation?.isNoticed)}, nobody ${nobody.length}`,
    );
    return nobody.length === 0;
  } finally {
    await copy.remove();
  }
}

process.exitCode = (await main()) ? 0 : 1;

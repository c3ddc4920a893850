/**
 * Measures the app against what a user would write instead and writes docs/performance.md: `npm run bench`.
 *
 *     --only <name>   one measure (several times: several); nothing is written to docs/
 *     --quick         fewer and shorter rounds, for a quick try; nothing is written to docs/
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildCli, buildFunctionsApp } from '../scripts/build.ts';
import type { Measure, Surroundings } from './finding.ts';
import { measures } from './measures/all.ts';
import { compilePeers } from './peers.ts';
import { type Measured, writeReport } from './report/write-report.ts';

/** Minutes. Measures that have not started by then are left out and reported as such. */
const bound = 40;

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean' } },
});
const { only = [], quick = false } = values;
const unknown = only.filter((name) => !measures.some((measure) => measure.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `No measure ${unknown.join(', ')}; there are ${measures.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}
const say = (line: string) => void process.stdout.write(`${line}\n`);

const startedAt = performance.now();
const secondsLeft = () => (bound - minutes()) * 60;
const minutes = () => (performance.now() - startedAt) / 60_000;
await Promise.all([buildFunctionsApp(), buildCli(), compilePeers()]);
const measured: Measured[] = [];
for (const measure of measures) {
  if (only.length > 0 && !only.includes(measure.name)) continue;
  say(`${measure.title} …`);
  const result = await run(measure, { quick, say, secondsLeft });
  measured.push(result);
  for (const { figure, goal, measured: value, met } of result.finding?.rows ?? [])
    say(`  ${met === false ? 'MISSED' : met ? 'met   ' : '      '} ${figure}: ${value} (${goal})`);
  say(`  ${result.finding?.detail ?? result.why}`);
}

const complete = !quick && only.length === 0;
const folder = fileURLToPath(new URL(complete ? '../docs' : '../.local/bench', import.meta.url));
await writeReport(folder, measured, minutes());
say(`${minutes().toFixed(1)} minutes; written to ${complete ? 'docs' : '.local/bench'}/performance.md`);
process.exit(measured.every(({ finding }) => finding !== null) ? 0 : 1);

async function run(measure: Measure, surroundings: Surroundings): Promise<Measured> {
  const left = secondsLeft() * 1000;
  if (left <= 0) return { measure, finding: null, why: `the ${bound} minutes were over` };
  const { promise: late, resolve } = Promise.withResolvers<Measured>();
  const timer = setTimeout(resolve, left, { measure, finding: null, why: `the ${bound} minutes were over` });
  try {
    return await Promise.race([late, measure.run(surroundings).then((finding) => ({ measure, finding }))]);
  } catch (error) {
    return { measure, finding: null, why: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

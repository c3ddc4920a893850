/**
 * `npm run fuzz -- [--inputs 20000] [--seed n]`
 *
 * Inputs of every kind over HTTP and on the queue: exit code 0 if every one got a documented response or result.
 */
import { parseArgs } from 'node:util';
import { stageApp } from '../stage-app.ts';
import { runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
});
const inputs = Number(values.inputs);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const app = await stageApp();
say(`seed ${values.seed}`);
const { answers, violations, ...figures } = await runFuzz({
  seed: Number(values.seed),
  http: Math.round(inputs * 0.7),
  unsigned: Math.round(inputs * 0.1),
  queue: Math.round(inputs * 0.2),
  say,
  stack: { projectRoot: app.folder, storageFolder: app.storageFolder },
}).finally(app.remove);

for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(24)}${value}`);
for (const [status, times] of Object.entries(answers)) say(`answered ${status.padEnd(15)}${times}`);
for (const violation of violations) say(`VIOLATION: ${violation}`);
if (violations.length === 0) say('Every input was answered or ended as documented.');
process.exitCode = violations.length === 0 ? 0 : 1;

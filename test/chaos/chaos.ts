/**
 * `npm run chaos -- [--creations 10000] [--minutes 10] [--seed n] [--faulty 0.2] [--backlog 600] [--kill-from 2 --kill-to 6]`
 *
 * HTTP and queue, a Graph that fails, a host that is killed: exit code 0 where nothing was lost and nothing done twice.
 */
import { parseArgs } from 'node:util';
import { stageApp } from '../stage-app.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    creations: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '10' },
    backlog: { type: 'string', default: '600' },
    faulty: { type: 'string', default: '0.2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'kill-from': { type: 'string', default: '2' },
    'kill-to': { type: 'string', default: '6' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

const app = await stageApp();
say(`seed ${values.seed}`);
const { audit, violations, http, queue, faults, ...figures } = await runChaos({
  creations: Number(values.creations),
  within: Number(values.minutes) * 60_000,
  faulty: Number(values.faulty),
  backlog: Number(values.backlog),
  seed: Number(values.seed),
  killEvery: [Number(values['kill-from']) * 1000, Number(values['kill-to']) * 1000],
  say,
  stack: { projectRoot: app.folder, storageFolder: app.storageFolder },
}).finally(app.remove);

const refused = Object.entries(http.refused).map(([status, count]) => `${count} × ${status}`);
const rows: readonly (readonly [string, string | number])[] = [
  ...Object.entries(figures),
  ...Object.entries(faults).map(([kind, count]) => [`fault: ${kind}`, count] as const),
  ['accepted over HTTP', http.accepted],
  ['sent again, connection broken', http.broken],
  ['sent again, refused', refused.join(', ') || 0],
  ['put on the queue', queue.accepted],
  ...Object.entries(audit),
];
for (const [name, value] of rows) say(`${name.padEnd(32)}${value}`);
say(violations.length === 0 ? 'Nothing lost, nothing twice.' : `VIOLATIONS: ${violations.join('; ')}`);
process.exitCode = violations.length === 0 ? 0 : 1;

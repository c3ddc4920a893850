/**
 * `npm run chaos -- [--creations 10000] [--changes 0] [--groups 500] [--rounds 4] [--minutes 10] [--seed n] [--faulty 0.2] [--backlog 600] [--kill-from 2 --kill-to 6] [--break name]`
 *
 * HTTP and queue, a Graph that fails, a host that is killed: exit code 0 if nothing was lost and nothing done twice.
 * Without changes the app is the deployed one; with changes of declared groups it is built with short times.
 * `--break`: with one of the bugs in `breaks.ts`, which the audit must notice.
 */
import { parseArgs } from 'node:util';
import { stageApp } from '../stage-app.ts';
import { alterSources } from './alter-sources.ts';
import { breakNamed } from './breaks.ts';
import { runChaos } from './run-chaos.ts';
import type { Sent } from './senders.ts';
import { shortTimes } from './short-times.ts';

const { values } = parseArgs({
  options: {
    creations: { type: 'string', default: '10000' },
    changes: { type: 'string', default: '0' },
    groups: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '10' },
    backlog: { type: 'string', default: '600' },
    faulty: { type: 'string', default: '0.2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'kill-from': { type: 'string', default: '2' },
    'kill-to': { type: 'string', default: '6' },
    break: { type: 'string' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

const alterations = [
  ...(Number(values.changes) > 0 ? shortTimes : []),
  ...(values.break === undefined ? [] : breakNamed(values.break)),
];
const app = await stageApp(alterations.length === 0 ? [] : [alterSources(alterations)]);
say(`seed ${values.seed}`);
const { audit, violations, http, queue, changesOverHttp, changesOverQueue, faults, ...figures } =
  await runChaos({
    creations: Number(values.creations),
    changes: Number(values.changes),
    groups: Number(values.groups),
    rounds: Number(values.rounds),
    within: Number(values.minutes) * 60_000,
    faulty: Number(values.faulty),
    backlog: Number(values.backlog),
    seed: Number(values.seed),
    kills: [1, Number.POSITIVE_INFINITY],
    killEvery: [Number(values['kill-from']) * 1000, Number(values['kill-to']) * 1000],
    say,
    stack: { projectRoot: app.folder, storageFolder: app.storageFolder },
  }).finally(app.remove);

const refused = ({ refused }: Sent) =>
  Object.entries(refused)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ') || 0;
const rows: readonly (readonly [string, string | number])[] = [
  ...Object.entries(figures),
  ...Object.entries(faults).map(([kind, count]) => [`fault: ${kind}`, count] as const),
  ['accepted over HTTP', http.accepted],
  ['sent again, connection broken', http.broken],
  ['sent again, refused', refused(http)],
  ['put on the queue', queue.accepted],
  ['changes accepted over HTTP', changesOverHttp.accepted],
  ['sent again, connection broken', changesOverHttp.broken],
  ['sent again, refused', refused(changesOverHttp)],
  ['recorded, answered 404', changesOverHttp.waiting],
  ['changes put on the queue', changesOverQueue.accepted],
  ...Object.entries(audit),
];
for (const [name, value] of rows) say(`${name.padEnd(32)}${value}`);
say(violations.length === 0 ? 'Nothing lost, nothing twice.' : `VIOLATIONS: ${violations.join('; ')}`);
process.exitCode = violations.length === 0 ? 0 : 1;

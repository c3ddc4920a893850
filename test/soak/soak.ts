/**
 * `npm run soak -- [--minutes 15] [--rate 20] [--every 5] [--out docs]`
 *
 * A steady load on the host while its process is sampled; writes `soak.svg` and `soak.md`. Exit code 0 if memory,
 * descriptors, sockets and timers stay flat and everything gets a response. Linux only: it reads /proc.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stageApp } from '../stage-app.ts';
import { drawChart } from './chart.ts';
import { runSoak, type SoakSample } from './run-soak.ts';
import { complaintsAbout, trendsOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    rate: { type: 'string', default: '20' },
    every: { type: 'string', default: '5' },
    out: { type: 'string', default: 'docs' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

const app = await stageApp();
const samples = await runSoak({
  minutes: Number(values.minutes),
  rate: Number(values.rate),
  every: Number(values.every),
  say,
  stack: { projectRoot: app.folder, storageFolder: app.storageFolder },
}).finally(app.remove);

const complaints = complaintsAbout(samples);
await mkdir(values.out, { recursive: true });
const title = `${values.minutes} minutes at ${values.rate} requests a second`;
await writeFile(join(values.out, 'soak.svg'), drawChart(samples, title));
await writeFile(join(values.out, 'soak.md'), write(samples, complaints));
say(complaints.length === 0 ? 'Flat.' : `NOT FLAT: ${complaints.join('; ')}`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function write(samples: readonly SoakSample[], complaints: readonly string[]): string {
  const total = samples.reduce((sum, { answers }) => sum + answers, 0);
  const rows = trendsOf(samples).map(
    ({ name, unit, early, late, most }) =>
      `| ${name} | ${[early, late, most].map((value) => `${value.toFixed(1)}${unit && ` ${unit}`}`).join(' | ')} |`,
  );
  return `# Soak

${complaints.length === 0 ? '**Result: flat.** Every request was answered, none with 500 or above.' : `**Result: not flat.** ${complaints.join('; ')}.`}

\`npm run soak -- --minutes ${values.minutes} --rate ${values.rate}\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux, Node ${process.versions.node}, shared with other work. There were ${total}
requests: half of them new groups, a fifth repeated, a fifth deferred, a tenth invalid. One Graph call in a hundred failed. The heap is
measured after a forced collection.

| Host process | Second quarter, mean | Last quarter, mean | Maximum |
| --- | --- | --- | --- |
${rows.join('\n')}

![The same over time](soak.svg)
`;
}

/**
 * Simulates the concurrency limiters of up to 100 workers against Graph's limit and writes the table and the chart of
 * docs/scale.md: `npm run bench:scale`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fixed } from './finding.ts';
import { simulateLimiter } from './limiter-simulation.ts';
import { drawChart } from './report/svg.ts';

const workers = [1, 2, 4, 8, 16, 40, 100];
/** Graph's documented limit, at the latency named in the goal. */
const graph = { allowed: 25, latency: 50, seconds: 300, warmUp: 60 };
/** The number of messages that host.json lets one instance process. */
const demand = 24;

const page = new URL('../docs/scale.md', import.meta.url);
const rows: string[] = [];
const points: Record<'goodput' | 'wasted', [number, number][]> = { goodput: [], wasted: [] };
for (const count of workers) {
  const withWait = await simulateLimiter({ ...graph, workers: count, demand, retryAfter: 2 });
  const withoutWait = await simulateLimiter({ ...graph, workers: count, demand, retryAfter: null });
  const [least, most] = withoutWait.fairness;
  rows.push(
    `| ${count} | ${count * demand} | ${percent(withoutWait.goodput)} | ${percent(withoutWait.wasted)} | ${percent(withWait.goodput)} | ${percent(withWait.wasted)} | ${fixed(least)}–${fixed(most)} × |`,
  );
  points.goodput.push([count, withoutWait.goodput * 100]);
  points.wasted.push([count, withoutWait.wasted * 100]);
}

const table = [
  '| Workers | Messages that want to run | Served | On 429 | Served, `Retry-After: 2` | On 429 | Least and most of a worker |',
  '| --: | --: | --: | --: | --: | --: | --: |',
  ...rows,
].join('\n');
const text = await readFile(page, 'utf8');
const marked = /(<!-- simulation[^>]*-->\n)[\s\S]*?(\n<!-- \/simulation -->)/;
await writeFile(page, text.replace(marked, `$1\n${table}\n$2`));
const svg = drawChart({
  kind: 'lines',
  title: 'The limiters of many workers',
  x: 'workers',
  y: '% of what Graph allows; % of calls on 429',
  lines: [
    { label: 'served', points: points.goodput },
    { label: 'on 429', points: points.wasted },
  ],
});
await writeFile(new URL('../docs/scale-limiter.svg', import.meta.url), svg);
process.stdout.write(`${table}\n`);

function percent(share: number): string {
  return `${fixed(share * 100, 1)} %`;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, Measure, Row } from '../finding.ts';
import { describeMachine } from './machine.ts';
import { drawChart } from './svg.ts';

export interface Measured {
  readonly measure: Measure;
  /** Null: it failed, or the time was up. */
  readonly finding: Finding | null;
  readonly why?: string;
}

/** Writes the page and its charts; returns the page. */
export async function writeReport(
  folder: string,
  measured: readonly Measured[],
  minutes: number,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const sections: string[] = [];
  for (const { measure, finding, why } of measured) {
    const charts: string[] = [];
    for (const [index, chart] of (finding?.charts ?? []).entries()) {
      const name = `performance-${measure.name}${index === 0 ? '' : `-${index + 1}`}.svg`;
      await writeFile(join(folder, name), drawChart(chart));
      charts.push(`![${chart.title}](${name})`);
    }
    const text = finding === null ? `Not measured: ${why}` : finding.detail;
    sections.push([`## ${measure.title}`, text, ...explain(measure.name, finding), ...charts].join('\n\n'));
  }
  const page = `${introduction(minutes)}\n\n${table(measured)}\n\n${sections.join('\n\n')}\n`;
  await writeFile(join(folder, 'performance.md'), page);
  return page;
}

function introduction(minutes: number): string {
  return `# Performance

Made by \`npm run bench\`. Every figure comes from one run (${minutes.toFixed(0)} minutes), side by side with what you would write
instead, in alternating order. A figure is a median, with the middle half of the repetitions in brackets. Ratios compare consecutive
measurements. ${describeMachine()}. Callers, stand-ins and apps share the machine, so the ratios say more than the absolute figures.

- **bare**: \`@azure/functions\` alone and one function that answers 200 ([code](../bench/peers/bare/index.ts)).
- **plain**: what a careful developer writes from the documentation ([code](../bench/peers/plain/index.ts)).
- **pass-through**: forwards the body to Graph with a cached token and does nothing else
  ([code](../bench/peers/pass-through/index.ts)).`;
}

function table(measured: readonly Measured[]): string {
  const lines = measured.flatMap(({ measure, finding, why }) =>
    finding === null ? [`| ${measure.title} | – | not measured: ${why} | – |`] : finding.rows.map(line),
  );
  return ['| Figure | Goal | Measured | |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function line({ figure, goal, measured, met, short }: Row): string {
  const verdict = met === null ? '' : met ? 'met' : `**missed**: ${short ?? ''}`;
  return `| ${figure} | ${goal} | ${measured} | ${verdict} |`;
}

/** Measures with a section in docs/performance-notes.md, whose headings are these names. */
const noted = new Set([
  'cold-first',
  'processor-time',
  'throughput',
  'queue-worker',
  'goodput',
  'bulk-send',
  'memory',
]);

/** The link to why a goal is missed and what was tried, if one is. */
function explain(name: string, finding: Finding | null): string[] {
  const missed = finding?.rows.some(({ met }) => met === false) ?? false;
  return missed && noted.has(name)
    ? [`Why it is missed and what was tried: [notes](performance-notes.md#${name}).`]
    : [];
}

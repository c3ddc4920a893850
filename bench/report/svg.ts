import type { BarChart, Chart, LineChart } from '../finding.ts';

const width = 640;
const left = 140;
const right = 90;
const ink = '#24292f';
const faint = '#d0d7de';
const colours = ['#0969da', '#57606a', '#8250df', '#bf8700'];
const font = 'font-family="system-ui, sans-serif" font-size="13"';

/** A chart as SVG on a white background, readable on light and dark pages. */
export function drawChart(chart: Chart): string {
  return chart.kind === 'bars' ? drawBars(chart) : drawLines(chart);
}

function page(height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="26" ${font} font-weight="600" fill="${ink}">${escapeText(title)}</text>`,
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

function drawBars({ title, unit, bars, goal }: BarChart): string {
  const longest = Math.max(goal?.value ?? 0, ...bars.map(({ value, high = value }) => Math.max(value, high)));
  const scale = (value: number) => round((value / longest) * (width - left - right));
  const rows = bars.flatMap(({ label, value, low, high }, index) => {
    const y = 44 + index * 34;
    const colour = label === 'ours' ? colours[0] : colours[1];
    const end = left + Math.max(scale(value), high === undefined ? 0 : scale(high)) + 6;
    return [
      `<text x="${left - 8}" y="${y + 16}" text-anchor="end" ${font} fill="${ink}">${escapeText(label)}</text>`,
      `<rect x="${left}" y="${y}" width="${scale(value)}" height="22" fill="${colour}"/>`,
      low === undefined || high === undefined
        ? ''
        : `<path d="M${left + scale(low)} ${y + 11}H${left + scale(high)}" stroke="${ink}" stroke-width="2"/>`,
      `<text x="${end}" y="${y + 16}" ${font} fill="${ink}">${number(value)}</text>`,
    ];
  });
  const bottom = 44 + bars.length * 34;
  const line =
    goal === undefined
      ? []
      : [
          `<path d="M${left + scale(goal.value)} 36V${bottom}" stroke="#cf222e" stroke-dasharray="4 3"/>`,
          `<text x="${left + scale(goal.value)}" y="${bottom + 16}" text-anchor="middle" ${font} fill="#cf222e">${escapeText(goal.label)}</text>`,
        ];
  return page(bottom + 28, `${title} (${unit})`, [...rows.filter((row) => row !== ''), ...line]);
}

function drawLines({ title, x, y, lines }: LineChart): string {
  const height = 260;
  const [top, bottom] = [44, height - 44];
  const points = lines.flatMap((line) => line.points);
  const maxX = Math.max(1, ...points.map(([value]) => value));
  const maxY = 1.1 * Math.max(1, ...points.map(([, value]) => value));
  const px = (value: number) => round(left + (value / maxX) * (width - left - 30));
  const py = (value: number) => round(bottom - (value / maxY) * (bottom - top));
  const grid = [0, 0.5, 1].flatMap((share) => [
    `<path d="M${left} ${py((maxY / 1.1) * share)}H${width - 30}" stroke="${faint}"/>`,
    `<text x="${left - 8}" y="${py((maxY / 1.1) * share) + 4}" text-anchor="end" ${font} fill="${ink}">${number((maxY / 1.1) * share)}</text>`,
    `<text x="${px(maxX * share)}" y="${bottom + 18}" text-anchor="middle" ${font} fill="${ink}">${number(maxX * share)}</text>`,
  ]);
  const drawn = lines.flatMap(({ label, points: all }, index) => {
    const colour = colours[index % colours.length];
    const every = Math.max(1, Math.floor(all.length / 300));
    const kept = all.filter((_, at) => at % every === 0 || at === all.length - 1);
    const path = kept.map(([a, b], at) => `${at === 0 ? 'M' : 'L'}${px(a)} ${py(b)}`).join('');
    return [
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...(lines.length === 1
        ? []
        : [
            `<text x="${width - 34}" y="${top + 16 * index}" text-anchor="end" ${font} fill="${colour}">${escapeText(label)}</text>`,
          ]),
    ];
  });
  const axis = `<text x="${width - 30}" y="${height - 8}" text-anchor="end" ${font} fill="${ink}">${escapeText(x)}</text>`;
  return page(height, `${title} (${y})`, [...grid, ...drawn, axis]);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

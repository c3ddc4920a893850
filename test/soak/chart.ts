import type { SoakSample } from './run-soak.ts';

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly of: (sample: SoakSample) => number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const [blue, orange] = ['#0072b2', '#d55e00'] as const;

const panels: readonly Panel[] = [
  {
    title: 'Memory, MB',
    lines: [
      { name: 'resident', colour: blue, of: ({ rss }) => rss / 1_048_576 },
      { name: 'heap in use after collection', colour: orange, of: ({ heapUsed }) => heapUsed / 1_048_576 },
    ],
  },
  {
    title: 'Open',
    lines: [
      { name: 'file descriptors', colour: blue, of: ({ descriptors }) => descriptors },
      { name: 'sockets', colour: orange, of: ({ sockets }) => sockets },
    ],
  },
  {
    title: 'Timers',
    lines: [{ name: 'active', colour: blue, of: ({ resources }) => resources.Timeout ?? 0 }],
  },
  {
    title: 'Answer, ms',
    lines: [
      { name: 'p99', colour: blue, of: ({ p99 }) => p99 },
      { name: 'median', colour: orange, of: ({ median }) => median },
    ],
  },
];

const [width, height, left, top, gap] = [720, 110, 56, 46, 44] as const;

/** Four small charts, one above the other, over the minutes of the run; each starts at zero, so that flat looks flat. */
export function drawChart(samples: readonly SoakSample[], title: string): string {
  const end = Math.max(1, samples.at(-1)?.at ?? 1);
  const total = top + panels.length * (height + gap);
  const drawn = panels.map((panel, index) =>
    drawPanel(panel, samples, end, top + index * (height + gap) + 16),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 24} ${total}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${title}">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="22" font-size="14" font-weight="600">${title}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ title, lines }: Panel, samples: readonly SoakSample[], end: number, y: number): string {
  const most = niceAbove(Math.max(1, ...lines.flatMap(({ of }) => samples.map(of))));
  const x = (at: number) => (left + (at / end) * width).toFixed(1);
  const at = (value: number) => (y + height - (value / most) * height).toFixed(1);
  const grid = [0, most / 2, most].map(
    (value) =>
      `<path d="M${left} ${at(value)}H${left + width}" stroke="#ddd"/><text x="${left - 6}" y="${Number(at(value)) + 4}" text-anchor="end" fill="#555">${value}</text>`,
  );
  const legend = lines.map(
    ({ name, colour }, index) =>
      `<text x="${left + width - index * 200}" y="${y - 6}" text-anchor="end" fill="${colour}">${name}</text>`,
  );
  const paths = lines.map(({ colour, of }) => {
    const points = samples.map((sample) => `${x(sample.at)} ${at(of(sample))}`).join('L');
    return `<path d="M${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const minutes = `<text x="${left + width}" y="${y + height + 14}" text-anchor="end" fill="#555">${(end / 60).toFixed(1)} min</text>`;
  return [
    `<text x="${left}" y="${y - 6}" font-weight="600">${title}</text>`,
    ...grid,
    ...legend,
    ...paths,
    minutes,
  ].join('\n');
}

/** The next value of 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

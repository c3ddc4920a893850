import { Presets, SingleBar } from 'cli-progress';
import type { Console } from './console.ts';

/** A progress bar on stderr; silent if nobody watches. */
export interface Progress {
  readonly update: (done: number, facts: Readonly<Record<string, string>>) => void;
  readonly stop: () => void;
}

const silent: Progress = { update: () => undefined, stop: () => undefined };

/** `total` null: unknown, so there are only the facts. `facts` is the text after the bar. */
export function startProgress(
  { lively }: Console,
  total: number | null,
  facts: Readonly<Record<string, string>>,
): Progress {
  if (!lively) return silent;
  const words = Object.keys(facts).map((name) => `{${name}} ${name}`);
  const bar = new SingleBar(
    {
      format: [...(total === null ? [] : ['{bar} {percentage}%']), ...words].join('  '),
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      fps: 10,
      // Only the bar's own end restores the cursor; the signals belong to the command.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total ?? 1, 0, facts);
  return { update: (done, next) => bar.update(Math.min(done, total ?? 0), next), stop: () => bar.stop() };
}

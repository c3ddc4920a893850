import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Environment } from '../../src/settings/settings.ts';
import { escapeControls } from '../../src/shared/escape-controls.ts';
import { type Paint, plain, vivid } from './paint.ts';

/** Where a command writes: results on stdout, everything about them on stderr. */
export interface Console {
  /** True under `--json`: stdout then carries JSON and nothing else. */
  readonly json: boolean;
  /** True if a person watches stderr and has not asked for plain output. */
  readonly lively: boolean;
  readonly paint: Paint;
  /** A line on stdout for people; nothing under `--json`. */
  readonly line: (text: string) => void;
  /** A line of JSON on stdout for scripts; nothing without `--json`. Resolves when stdout can accept more. */
  readonly document: (value: unknown) => Promise<void>;
  /** A remark on stderr. */
  readonly note: (text: string) => void;
  readonly error: (sentence: string) => void;
  /** Asks on a terminal; null if there is none. */
  readonly confirm: (question: string) => Promise<boolean> | null;
}

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Environment;
  readonly json: boolean;
}

export function createConsole({ stdin, stdout, stderr, env, json }: Streams): Console {
  // The reader may stop first (`… | head`): that is not a failure.
  for (const stream of [stdout, stderr]) stream.on('error', () => process.exit());
  const isPlain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const paintFor = (stream: NodeJS.WriteStream) => (stream.isTTY && !isPlain ? vivid : plain);
  const errorPaint = paintFor(stderr);
  return {
    json,
    lively: stderr.isTTY === true && !isPlain,
    paint: paintFor(stdout),
    line: (text) => void (json || stdout.write(`${text}\n`)),
    document: async (value) => {
      // A terminal may be reading this too; escaped, it is the same JSON.
      if (!json || stdout.write(`${escapeControls(JSON.stringify(value))}\n`)) return;
      await new Promise<void>((resolve) => stdout.once('drain', resolve));
    },
    note: (text) => void stderr.write(`${errorPaint.dim(text)}\n`),
    error: (sentence) => void stderr.write(`${errorPaint.red('error:')} ${sentence}\n`),
    confirm: (question) => {
      if (!stdin.isTTY || !stderr.isTTY) return null;
      const prompt = createInterface({ input: stdin, output: stderr });
      // Ctrl-C or the end of input closes the prompt without an answer: treat it as no.
      const closed = once(prompt, 'close').then(() => '');
      return Promise.race([prompt.question(`${question} [y/N] `), closed])
        .then((answer) => /^y(?:es)?$/i.test(answer.trim()))
        .finally(() => prompt.close());
    },
  };
}

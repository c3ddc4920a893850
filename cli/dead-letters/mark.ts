import { randomUUID } from 'node:crypto';
import { longestMessage } from '../../src/storage/queues.ts';
import type { Letter } from './letter.ts';

/** What a redrive writes into a letter before it sends anything: who it is, and the delivery that it will be. */
export interface Mark {
  readonly id: string;
  /** The `firstQueuedDateTime` of the message that is sent: however often that happens, it is one delivery. */
  readonly at: string;
}

export function readMark(value: unknown): Mark | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, at }: Record<string, unknown> = { ...value };
  if (typeof id !== 'string' || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  return { id, at: new Date(at).toISOString() };
}

/**
 * Marks for one run. Each names its own millisecond, later than the delivery that ended in the letter: the
 * operations table takes nothing older than what it shows, even where this machine's clock is behind.
 */
export function createMarker(now: () => number): (letter: Letter) => Mark {
  const id = randomUUID();
  let last = 0;
  return ({ content, deadLetteredDateTime, mark }) => {
    if (mark !== null) return mark;
    const before = [content?.firstQueuedDateTime, deadLetteredDateTime].map((time) =>
      Date.parse(String(time)),
    );
    last = Math.max(now(), last + 1, ...before.filter((time) => !Number.isNaN(time)).map((time) => time + 1));
    return { id, at: new Date(last).toISOString() };
  };
}

/**
 * The letter's text with the mark in it. Where it would not fit any more, Graph's group and the long words of the
 * error go: the letter is about to leave.
 */
export function markedText(
  content: Readonly<Record<string, unknown>>,
  code: string | null,
  mark: Mark,
): string {
  const marked = { ...content, redrive: mark };
  const whole = JSON.stringify(marked);
  const fits = Buffer.byteLength(whole, 'utf8') <= longestMessage;
  const short = { code: code ?? '', detail: 'Shortened when the redrive began.' };
  return Buffer.from(fits ? whole : JSON.stringify({ ...marked, error: short }), 'utf8').toString('base64');
}

import { randomUUID } from 'node:crypto';
import type { Delivery } from '../../src/queue/delivery.ts';
import { maxMessageBytes } from '../../src/storage/queues.ts';

/** What a redrive writes into a letter before it sends the message: the delivery it will be. */
export interface Mark {
  /** The `deliveryId` of the message: however often it is sent, it is one delivery. */
  readonly id: string;
  /** Its `redrivenDateTime`. */
  readonly at: string;
}

/** Milliseconds by which clocks may differ: a letter from further in the future is not trusted. */
const maxClockError = 86_400_000;

export function readMark(value: unknown): Mark | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, at }: Record<string, unknown> = { ...value };
  const isName = typeof id === 'string' && /^[\w-]{1,64}$/.test(id);
  if (!isName || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  return { id, at: new Date(at).toISOString() };
}

/** What a letter tells about the deliveries before. */
interface Marked {
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly deadLetteredDateTime: string;
  readonly mark: Mark | null;
}

/**
 * Marks for one run. Each is later than the delivery that ended in the letter, even if this machine's clock is behind:
 * the operations table shows the latest. A mark from the far future, which only someone else can have written, is
 * replaced.
 */
export function createMarker(now: () => number, newId: () => string = randomUUID): (letter: Marked) => Mark {
  return function markFor({ content, deadLetteredDateTime, mark }) {
    const latest = now() + maxClockError;
    if (mark !== null && Date.parse(mark.at) <= latest) return mark;
    const before = [content?.firstQueuedDateTime, content?.redrivenDateTime, deadLetteredDateTime]
      .map((time) => Date.parse(String(time)) + 1)
      .filter((time) => time <= latest);
    return { id: newId(), at: new Date(Math.max(now(), ...before)).toISOString() };
  };
}

export function deliveryOf({ id, at }: Mark): Delivery {
  return { id, queuedAt: at };
}

/**
 * The letter's text with the mark in it. If it no longer fits, the existing group and the long texts of the error are
 * dropped: the letter is about to be deleted anyway.
 */
export function markedText(
  content: Readonly<Record<string, unknown>>,
  code: string | null,
  mark: Mark,
): string {
  const marked = { ...content, redrive: mark };
  const whole = JSON.stringify(marked);
  const fits = Buffer.byteLength(whole, 'utf8') <= maxMessageBytes;
  const short = { code: code ?? '', detail: 'Shortened when the redrive began.' };
  return Buffer.from(fits ? whole : JSON.stringify({ ...marked, error: short }), 'utf8').toString('base64');
}

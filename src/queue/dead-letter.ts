import { maxListedFaults } from '../groups/fault-list.ts';
import type { GraphStatus } from '../groups/graph-answer.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import type { Problem } from '../problems/problem.ts';
import { maxMessageBytes } from '../storage/queues.ts';

/** Why work ended in failure, as the letter has it. */
interface DeadLetterError {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly graph?: GraphStatus;
  /** What a kind of work adds. */
  readonly [member: string]: unknown;
}

/** A way to shorten a letter that does not fit; `name` is how the letter reports it. */
export interface Cut {
  readonly name: string;
  readonly shorten: (letter: DeadLetter) => DeadLetter;
}

/** A message with the ways to shorten it, in order; or the bytes of one that could not be read. */
export type DeadContent =
  | { readonly message: object; readonly cuts?: readonly Cut[] }
  | { readonly raw: Uint8Array; readonly operationId?: string; readonly firstQueuedDateTime?: string };

export interface DeadLetter {
  readonly error: DeadLetterError;
  readonly deadLetteredDateTime: string;
  /** Where the message came from. */
  readonly queue: string;
  /** Base64 of the bytes, if the message could not be read. */
  readonly raw?: string;
  /** What was shortened to fit the queue's 64 KiB: such a letter cannot be redriven as it is. */
  readonly cut?: string;
  readonly [member: string]: unknown;
}

/** Bytes of JSON that the text of an error may take in a letter. */
const maxDetailBytes = 4 * 1024;

/** The letter for the dead-letter queue. It is shortened until it fits. */
export function toDeadLetter(queue: string, content: DeadContent, problem: Problem, at: string): DeadLetter {
  const end = { queue, error: toError(problem), deadLetteredDateTime: at };
  if ('raw' in content) {
    const { raw, ...known } = content;
    const letter = (bytes: Uint8Array) => ({ ...known, raw: Buffer.from(bytes).toString('base64'), ...end });
    const whole = letter(raw);
    if (room(whole) >= 0) return whole;
    const marked = { ...letter(new Uint8Array()), cut: 'raw' };
    return { ...marked, ...letter(raw.subarray(0, Math.floor(room(marked) / 4) * 3)) };
  }
  let letter: DeadLetter = { ...content.message, ...end };
  for (const { name, shorten } of content.cuts ?? []) {
    if (room(letter) >= 0) return letter;
    letter = { ...shorten(letter), cut: name };
  }
  return letter;
}

/** The message itself says what was requested, and the catalogue what helps. Of a thousand errors the first are enough. */
function toError({ code, detail, members }: Problem): DeadLetterError {
  const { requested: _requested, hint: _hint, ...kept } = members;
  const { errors } = kept;
  const listed = Array.isArray(errors) ? { errors: errors.slice(0, maxListedFaults) } : {};
  return { code, detail: cutText(detail, maxDetailBytes), ...kept, ...listed };
}

/** Whether the letter of a message that could not be read would hold all its bytes. */
export function fitsDeadLetter(queue: string, raw: Uint8Array, problem: Problem): boolean {
  return toDeadLetter(queue, { raw }, problem, new Date(0).toISOString()).cut === undefined;
}

/** Bytes left; negative if it does not fit. */
function room(letter: object): number {
  return maxMessageBytes - sizeOf(letter);
}

/** Text that takes at most this many bytes of JSON: a control character takes six. */
export function cutText(text: string, maxBytes: number): string {
  if (sizeOf(text) <= maxBytes) return text;
  const characters = Array.from(text.slice(0, maxBytes));
  let size = sizeOf('…');
  const end = characters.findIndex((character) => {
    size += sizeOf(character) - 2;
    return size > maxBytes;
  });
  return `${characters.slice(0, end === -1 ? characters.length : end).join('')}…`;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

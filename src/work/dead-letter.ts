import type { Message } from '../creations/message.ts';
import type { ExternalGroup } from '../groups/external-group.ts';
import type { GraphAnswer } from '../groups/outcome.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import { longestMessage } from '../storage/queues.ts';

/** Why a creation ended in failure, for whoever opens the dead letter. */
export interface DeadLetterError {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly graph?: GraphAnswer;
  /** The group that Graph has, in a conflict. */
  readonly existing?: ExternalGroup;
}

/** A message as it was, or the bytes of one that could not be read. */
export type DeadContent =
  | { readonly message: Message }
  | { readonly raw: Uint8Array; readonly operationId?: string };

export interface DeadLetter {
  readonly error: DeadLetterError;
  readonly deadLetteredDateTime: string;
  /** Base64 of the bytes, where the message could not be read. */
  readonly raw?: string;
  /** What had to be shortened to fit the queue's 64 KiB: such a letter cannot be redriven as it is. */
  readonly cut?: 'existing' | 'group' | 'raw';
  readonly [member: string]: unknown;
}

/** Texts are cut to this many characters, raw bytes to so many bytes, where a letter would not fit otherwise. */
const shortText = 1_000;
const shortRaw = 32 * 1024;

/** The letter for the dead-letter queue. What does not fit is cut: first Graph's group, the requested one last. */
export function toDeadLetter(content: DeadContent, error: DeadLetterError, at: string): DeadLetter {
  const end = { error, deadLetteredDateTime: at };
  if ('raw' in content) {
    const { raw, operationId } = content;
    const named = operationId === undefined ? {} : { operationId };
    const whole = { ...named, raw: Buffer.from(raw).toString('base64'), ...end };
    if (fits(whole)) return whole;
    return { ...whole, raw: Buffer.from(raw.subarray(0, shortRaw)).toString('base64'), cut: 'raw' };
  }
  const whole: DeadLetter = { ...content.message, ...end };
  if (fits(whole)) return whole;
  const { existing, ...rest } = error;
  const shortened =
    existing === undefined
      ? whole
      : { ...whole, error: { ...rest, existing: cutGroup(existing) }, cut: 'existing' };
  if (existing !== undefined && fits(shortened)) return { ...shortened, cut: 'existing' };
  return { ...shortened, group: cutGroup(content.message.group), cut: 'group' };
}

function fits(letter: object): boolean {
  return Buffer.byteLength(JSON.stringify(letter), 'utf8') <= longestMessage;
}

/** A group whose texts are short enough for any message or table property. */
export function cutGroup(group: ExternalGroup): ExternalGroup {
  const { id, displayName, description } = group;
  return { id, displayName: cutText(displayName), description: cutText(description) };
}

function cutText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > shortText ? `${text.slice(0, shortText)}…` : text;
}

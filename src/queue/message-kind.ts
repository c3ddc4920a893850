import type { Problem } from '../problems/problem.ts';
import type { Cut } from './dead-letter.ts';
import type { Envelope } from './envelope.ts';
import type { Subject } from './work-item.ts';

/** The result of reading a message. */
export type Reading<Content> =
  /** `refused`: it can be read, but must not be processed. */
  | {
      readonly kind: 'readable';
      readonly content: Content;
      readonly envelope: Envelope;
      readonly subject: Subject;
      readonly refused: Problem | null;
    }
  /** `subject`: the group or operation that its content names; null: none that has a record. */
  | { readonly kind: 'unreadable'; readonly problem: Problem; readonly subject: Subject | null };

/** The messages of one queue: their names, how they are read and written. */
export interface MessageKind<Content extends object> {
  /** The name of the function that receives them, used for its spans. */
  readonly name: string;
  readonly queue: string;
  /** Reads the JSON of a message; not called for text that is not JSON. */
  readonly read: (value: unknown) => Reading<Content>;
  /** The members of a message without its envelope. */
  readonly toMessage: (content: Content) => object;
  /** Ways to shorten a dead letter that does not fit, in order; after the last one every letter must fit. */
  readonly cuts: readonly Cut[];
}

import type { GraphAnswer } from '../groups/outcome.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import type { EventName } from '../telemetry/telemetry.ts';
import type { Cut, DeadLetterError } from './dead-letter.ts';
import type { Envelope } from './envelope.ts';
import type { Piece, Subject } from './piece.ts';
import type { Attempt, QueueRule } from './policy.ts';

/** The result of reading a message. */
export type Reading<Content> =
  /** `refused`: it can be read, but must not be processed. */
  | {
      readonly kind: 'readable';
      readonly content: Content;
      readonly envelope: Envelope;
      readonly subject: Subject;
      readonly refused: DeadLetterError | null;
    }
  /** `subject`: what its content is about, if it says so; null: nothing that has a record. */
  | { readonly kind: 'unreadable'; readonly error: DeadLetterError; readonly subject: Subject | null };

/** What is wrong, worded for a caller, and the members of the problem document. */
export interface WorkProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** One outcome in terms common to every kind of work. */
export interface Verdict extends Attempt {
  readonly rule: QueueRule;
  /** Whether the work may have been done anyway; null if the outcome says nothing about it. */
  readonly uncertain: boolean | null;
  readonly problem: WorkProblem | null;
  /** Members of the letter's `error` besides code and detail. */
  readonly letter: Readonly<Record<string, unknown>>;
  readonly graph: GraphAnswer | null;
  /** Emits the event of this end, once; null: there is none. */
  readonly event: EventName | null;
  /** For the log: no text from the message. */
  readonly why: string;
}

export type WorkState =
  | {
      readonly status: 'running';
      readonly next?: { readonly dateTime: string; readonly problem: WorkProblem | null };
    }
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly problem: WorkProblem };

export interface Recorded {
  /** This delivery had already been recorded as succeeded. */
  readonly succeededBefore: boolean;
  /** The version that was written, for the next write of the same piece. */
  readonly version: unknown;
}

/** Where the progress and the end of work are recorded. Each rejects if that cannot be reached. */
export interface SettlementRecords<Content> {
  /** `previous`: what this process last recorded of the piece; null: nothing is expected to be there. */
  readonly record: (piece: Piece<Content>, state: WorkState, previous?: Recorded | null) => Promise<Recorded>;
  /** Records the end of a message that could not be read, unless anything is known of its subject. */
  readonly recordUnread: (subject: Subject, error: DeadLetterError) => Promise<void>;
}

/** A kind of queued work: its names, how it is read, attempted and judged, and where its end is recorded. */
export interface WorkKind<Content extends object, Outcome> {
  /** The name of its function, used for its spans. */
  readonly name: string;
  readonly queue: string;
  /** Reads the JSON of a message; not called for text that is not JSON. */
  readonly read: (value: unknown) => Reading<Content>;
  /** The members of a message besides its envelope. */
  readonly toMessage: (content: Content) => object;
  /** Makes one attempt, which has this many milliseconds. */
  readonly attempt: (piece: Piece<Content>, milliseconds: number) => Promise<Outcome>;
  readonly judge: (outcome: Outcome, piece: Piece<Content>) => Verdict;
  readonly records: SettlementRecords<Content>;
  /** Ways to shorten a dead letter that does not fit, in order; after the last one every letter must fit. */
  readonly cuts: readonly Cut[];
  /** Seconds after which a poisoned message is sent again, if it carries no state; null: dead-letter it. */
  readonly sendPoisonedAgain?: (content: Content) => number | null;
}

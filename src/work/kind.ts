import type { GraphAnswer } from '../groups/outcome.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import type { EventName } from '../telemetry/telemetry.ts';
import type { Cut, DeadLetterError } from './dead-letter.ts';
import type { Envelope } from './envelope.ts';
import type { Piece, Subject } from './piece.ts';
import type { Attempt, QueueRule } from './policy.ts';

/** What a message comes to when it is read. */
export type Reading<Content> =
  /** `refused`: it can be read, and is not to be worked off. */
  | {
      readonly kind: 'readable';
      readonly content: Content;
      readonly envelope: Envelope;
      readonly subject: Subject;
      readonly refused: DeadLetterError | null;
    }
  /** `subject`: what its content is about, as far as that can be told; null: nothing that has a record. */
  | { readonly kind: 'unreadable'; readonly error: DeadLetterError; readonly subject: Subject | null };

/** What is wrong, in a caller's words, and the members that a problem document then has. */
export interface WorkProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** One outcome in the terms that every kind of work shares. */
export interface Verdict extends Attempt {
  readonly rule: QueueRule;
  /** Whether the work may have been done all the same; null where the outcome says nothing about it. */
  readonly uncertain: boolean | null;
  readonly problem: WorkProblem | null;
  /** Members of the letter's `error` besides code and detail. */
  readonly letter: Readonly<Record<string, unknown>>;
  readonly graph: GraphAnswer | null;
  /** Tells of the end that this outcome is, once; null: there is nothing to tell. */
  readonly event: EventName | null;
  /** For the log: no words of the message. */
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
  /** True where the end of this delivery had been recorded before: the message is a leftover copy. */
  readonly settledBefore: boolean;
  /** The version that was written, for the next write of the same piece. */
  readonly version: unknown;
}

/** Where the progress and the end of work are recorded. Each rejects where that cannot be reached. */
export interface SettlementRecords<Content> {
  /** `previous`: what this process recorded of the piece before; null: nothing is expected to be there. */
  readonly record: (piece: Piece<Content>, state: WorkState, previous?: Recorded | null) => Promise<Recorded>;
  readonly isSettled: (piece: Piece<Content>) => Promise<boolean>;
  /** Records the end of what could not be read, unless anything is known of its subject. */
  readonly recordUnread: (subject: Subject, error: DeadLetterError) => Promise<void>;
}

/** A kind of queued work: what it is called, how it is read, attempted and judged, and where its end is recorded. */
export interface WorkKind<Content extends object, Outcome> {
  /** Of its function: names its spans. */
  readonly name: string;
  readonly queue: string;
  /** Reads the JSON of a message; not called for text that is none. */
  readonly read: (value: unknown) => Reading<Content>;
  /** The members of a message besides its envelope. */
  readonly toMessage: (content: Content) => object;
  /** Makes one attempt, which has so many milliseconds. */
  readonly attempt: (piece: Piece<Content>, milliseconds: number) => Promise<Outcome>;
  readonly judge: (outcome: Outcome, piece: Piece<Content>) => Verdict;
  readonly records: SettlementRecords<Content>;
  /** Ways to shorten a dead letter that does not fit, in their order; after the last one every letter must. */
  readonly cuts: readonly Cut[];
  /** Seconds after which a poisoned message is sent again, where it carries no state; null: a dead letter. */
  readonly sendPoisonedAgain?: (content: Content) => number | null;
}

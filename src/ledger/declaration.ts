import type { Problem } from '../problems/problem.ts';
import type { Log } from '../telemetry/log.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Change, SaidChange } from './core/change.ts';
import type { GroupRecord, MemberRecord, RecordState } from './core/group-record.ts';

/** The result of a change. */
export type Declared =
  | DeclaredById
  /** Recorded except for the members whose names stand for nobody, or for several people. */
  | {
      readonly kind: 'names-refused';
      readonly record: GroupRecord;
      readonly problem: Problem;
    }
  /** Nothing is recorded: the change itself is refused. */
  | Refused;

/** The result of a change in which nobody is named. */
export type DeclaredById = Stands & {
  /** Everything it names has this sequence or a higher one: nothing changed, and the record stands as it is. */
  readonly superseded?: true;
  /** JSON pointers to removals by a name that nobody has and by which nobody was declared. */
  readonly unmatched?: readonly string[];
};

export interface Refused {
  readonly kind: 'refused';
  readonly problem: Problem;
}

/** How the record of a group stands. */
export type Stands =
  /** Recorded and settled, or nothing to do. */
  | { readonly kind: 'settled'; readonly record: GroupRecord }
  /** Recorded; `retryAfter`: whole seconds until polling makes sense. */
  | { readonly kind: 'recorded'; readonly record: GroupRecord; readonly retryAfter: number }
  /** Recorded, but Graph refused the connection, the payload, the identity or members. */
  | { readonly kind: 'failed'; readonly record: GroupRecord; readonly problem: Problem };

/** What a change would do, computed with the code that records it. */
export interface Plan {
  readonly group: 'create' | 'update' | 'delete' | 'unchanged';
  readonly members: { readonly add: number; readonly remove: number; readonly unchanged: number };
  readonly refused?: Problem;
  /** As in {@link Declared}. */
  readonly unmatched?: readonly string[];
}

export interface DeclareOptions {
  readonly source: 'http' | 'queue';
  /** Milliseconds that the sender waits for Graph; 0: record only (`Prefer: respond-async`). */
  readonly patience: number;
  /** Milliseconds within which the sender must hear what is known by then; absent: it waits for the end. */
  readonly answerWithin?: number;
  readonly trace: TraceContext;
  readonly log: Log;
}

/** Records a change and carries it out as far as the patience allows. Rejects if it may not be recorded. */
export type Declare = (change: SaidChange, options: DeclareOptions) => Promise<Declared>;

/** The same for a change in which nobody is named. */
export type DeclareById = (change: Change, options: DeclareOptions) => Promise<DeclaredById | Refused>;

/** Computes the effect without recording anything or calling Graph. Rejects if the ledger cannot be read. */
export type PlanChange = (change: SaidChange) => Promise<Plan>;

/** The same for a change in which nobody is named. */
export type PlanById = (change: Change) => Promise<Plan>;

export interface Page<T> {
  readonly entries: readonly T[];
  /** Opaque, names nobody; absent on the last page. */
  readonly next?: string;
}

/** Members of a group, which goes by the spelling of its first declaration. */
export interface MemberPage extends Page<MemberRecord> {
  readonly groupId: string;
}

/** Reads the ledger; each rejects if it cannot be read. An invalid cursor is an AdapterError `validation-failed`. */
export interface LedgerReader {
  /** Null: never declared here. */
  readonly readGroup: (connectionId: string, groupId: string) => Promise<GroupRecord | null>;
  readonly listMembers: (
    connectionId: string,
    groupId: string,
    options: { readonly state?: RecordState; readonly cursor?: string },
  ) => Promise<MemberPage | null>;
  readonly listGroups: (
    connectionId: string,
    options: { readonly state?: RecordState | 'deleted'; readonly cursor?: string },
  ) => Promise<Page<GroupRecord>>;
}

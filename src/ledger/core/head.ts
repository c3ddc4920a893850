import type { GraphStatus } from '../../groups/graph-answer.ts';
import { type AllProperties, sameProperties } from '../../groups/group-properties.ts';
import type { Problem } from '../../problems/problem.ts';
import type { TraceContext } from '../../telemetry/trace-context.ts';
import { type Entry, noSequence } from './entry.ts';

/** The desired state of the group itself. */
export type GroupWant =
  | ({ readonly kind: 'present' } & AllProperties)
  | { readonly kind: 'gone' }
  /** Only members were declared: the group is assumed to exist. */
  | { readonly kind: 'unspecified' };

/** Why something failed, or why it is waiting. */
export type Failure = Problem;

/** What the head knows about a page without reading it. */
export interface PageSummary {
  readonly entries: number;
  /** Members that the group should have. */
  readonly wanted: number;
  readonly applied: number;
  readonly applying: number;
  readonly failed: number;
  /** Until when any write about its members may still take effect. */
  readonly open: number;
  /** When the first removal and the first addition are due; infinite: none. */
  readonly removalsDue: number;
  readonly additionsDue: number;
  /** The highest sequence of its entries. */
  readonly sequence: number;
  /** Its size in the table; 0: there is no such entity. */
  readonly bytes: number;
  /** Members that were declared by a name. */
  readonly named: number;
}

export const emptyPage: PageSummary = {
  entries: 0,
  wanted: 0,
  applied: 0,
  applying: 0,
  failed: 0,
  open: 0,
  removalsDue: Number.POSITIVE_INFINITY,
  additionsDue: Number.POSITIVE_INFINITY,
  sequence: noSequence,
  bytes: 0,
  named: 0,
};

/** What has been confirmed since the group last came to rest. */
export interface Totals {
  readonly change: 'created' | 'updated' | 'deleted' | null;
  readonly added: number;
  readonly removed: number;
}

export const emptyTotals: Totals = { change: null, added: 0, removed: 0 };

/** A declared group without its members: read first, and written with every change of any part of it. */
export interface Head extends Entry {
  readonly connectionId: string;
  /** In the spelling in which it was first recorded. */
  readonly groupId: string;
  readonly want: GroupWant;
  /** The group is known to exist in Graph. */
  readonly seen: boolean;
  /** The group is being deleted; `want` says what follows. */
  readonly ending: boolean;
  /** Why Graph refused the group itself, if it did. */
  readonly refusal: Failure | null;
  /** Graph's answer to the first of the members that it refuses; null: it refuses none. */
  readonly refusedBy: GraphStatus | null;
  /** The sequence of the last change that covered every member: changes up to it no longer apply. */
  readonly watermark: number;
  /** The highest sequence of any change. */
  readonly highest: number;
  /** The number of the current look. */
  readonly look: number;
  readonly lease: { readonly owner: string; readonly until: number } | null;
  /** No round starts before this: backoff, or Graph's Retry-After. */
  readonly notBefore: number;
  /** Rounds without progress. */
  readonly attempts: number;
  /** Since when there has been no progress; 0: there is progress. */
  readonly failingSince: number;
  /** Number of consecutive leases found expired. */
  readonly crashes: number;
  /** Given up: nothing is done until a change or a retry. */
  readonly failed: boolean;
  /** Why it was given up, or why it is waiting. */
  readonly error: Failure | null;
  readonly changedAt: number;
  /** The first change that is not settled; 0: all are. */
  readonly unsettledSince: number;
  readonly appliedAt: number;
  /** When it was last declared absent, by the clock of the queue (whole seconds); 0: never. */
  readonly deletedAt: number;
  /** The trace of the latest change. */
  readonly trace: TraceContext;
  readonly totals: Totals;
  /** Names of the latest writes, the last one at the end: a writer that got no answer finds its own here. */
  readonly recent: readonly string[];
  /** There are 2^bits pages. */
  readonly bits: number;
  readonly pages: readonly PageSummary[];
}

/** The head of a group that was never declared. */
export function newHead(connectionId: string, groupId: string, trace: TraceContext): Head {
  return {
    connectionId,
    groupId,
    want: { kind: 'unspecified' },
    step: 'done',
    current: 0,
    late: 0,
    said404: false,
    sequence: noSequence,
    seen: false,
    ending: false,
    refusal: null,
    refusedBy: null,
    watermark: noSequence,
    highest: noSequence,
    look: 0,
    lease: null,
    notBefore: 0,
    attempts: 0,
    failingSince: 0,
    crashes: 0,
    failed: false,
    error: null,
    changedAt: 0,
    unsettledSince: 0,
    appliedAt: 0,
    deletedAt: 0,
    trace,
    totals: emptyTotals,
    recent: [],
    bits: 0,
    pages: [emptyPage],
  };
}

export function sameWant(a: GroupWant, b: GroupWant): boolean {
  if (a.kind !== 'present' || b.kind !== 'present') return a.kind === b.kind;
  return sameProperties(a, b);
}

export function sumOf(
  head: Head,
  count: 'entries' | 'wanted' | 'applied' | 'applying' | 'failed' | 'bytes',
): number {
  return head.pages.reduce((sum, page) => sum + page[count], 0);
}

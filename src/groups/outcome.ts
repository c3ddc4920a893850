import type { ExternalGroup } from './external-group.ts';

/** What identifies an answer of Graph to its support: never its text, which may repeat what was sent. */
export interface GraphAnswer {
  readonly status: number;
  readonly code: string | null;
  readonly requestId: string | null;
}

/** Everything that one attempt to create a group can come to. */
export type Outcome =
  | { readonly kind: 'created'; readonly group: ExternalGroup }
  | { readonly kind: 'unchanged'; readonly group: ExternalGroup }
  | { readonly kind: 'conflict'; readonly existing: ExternalGroup; readonly graph: GraphAnswer | null }
  | { readonly kind: 'unknown-connection'; readonly graph: GraphAnswer }
  | { readonly kind: 'refused'; readonly graph: GraphAnswer }
  | { readonly kind: 'denied'; readonly graph: GraphAnswer }
  | Throttled
  | Unavailable;

export const outcomeKinds = [
  'created',
  'unchanged',
  'conflict',
  'unknown-connection',
  'refused',
  'denied',
  'throttled',
  'unavailable',
] as const satisfies readonly Outcome['kind'][];

export interface Throttled {
  readonly kind: 'throttled';
  /** Null where our own limiter held the call back: Graph was not asked. */
  readonly graph: GraphAnswer | null;
  /** Seconds that Graph asks to wait; null where it says nothing usable. */
  readonly retryAfter: number | null;
  /** A write sent before this answer may have been committed. */
  readonly uncertain: boolean;
}

export interface Unavailable {
  readonly kind: 'unavailable';
  /** In the operator's words: what failed and how. */
  readonly why: string;
  readonly graph: GraphAnswer | null;
  readonly retryAfter: number | null;
  /** The write may have been committed all the same: read before writing again. */
  readonly uncertain: boolean;
}

import type { ExternalGroup } from './external-group.ts';

/** What identifies a response to Graph's support: never its text, which may repeat what was sent. */
export interface GraphAnswer {
  readonly status: number;
  readonly code: string | null;
  readonly requestId: string | null;
}

/** All possible outcomes of one attempt to create a group. */
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
  /** Null if our own limiter held the call back: Graph was not called. */
  readonly graph: GraphAnswer | null;
  /** Seconds that Graph asks to wait; null if it says nothing usable. */
  readonly retryAfter: number | null;
  /** A write sent before this response may have been committed. */
  readonly uncertain: boolean;
}

export interface Unavailable {
  readonly kind: 'unavailable';
  /** For the operator: what failed and how. */
  readonly why: string;
  readonly graph: GraphAnswer | null;
  readonly retryAfter: number | null;
  /** The write may have been committed anyway: read before writing again. */
  readonly uncertain: boolean;
}

import type { GraphOperation } from './graph-operation.ts';
import type { InnerErrorShape } from './odata-error.ts';

/**
 * An injected fault. `commit: true` does the real work first and fails afterwards: the caller cannot know that its
 * write happened. Without it nothing is written (`slow` alone does the work after the wait).
 */
export type GraphFault = { readonly commit?: boolean } & (
  | {
      readonly kind: 'throttle' /** The header as given; absent: none is sent. */;
      readonly retryAfter?: string;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: 'odata' | 'html' | 'empty' | 'broken-json' | 'text';
      readonly code?: string;
      readonly innerCode?: string;
      readonly message?: string;
      readonly innerError?: InnerErrorShape;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Never answers; the connection stays open until the caller or the stand-in ends it. */
  | { readonly kind: 'hang' }
  /** The real response, but only after `ms` milliseconds, and only if the caller is still connected. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut without a response. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  /** A success whose few kilobytes unpack to `megabytes` (default 64). */
  | { readonly kind: 'gzip-bomb'; readonly megabytes?: number }
  /** A success that announces more bytes than are sent before the connection closes. */
  | { readonly kind: 'truncate' }
  /**
   * A write that gets no response, or an error, and is carried out after `ms` milliseconds, at most ten minutes;
   * `landNow` carries it out at once.
   */
  | { readonly kind: 'late'; readonly ms: number; readonly answer?: LateAnswer }
);

/** What the caller of a late write gets: nothing (the default), a cut connection, or the gateway's 504. */
export const lateAnswers = ['none', 'reset', 'gateway-timeout'] as const;
type LateAnswer = (typeof lateAnswers)[number];

/** The requests that a rule applies to; what is left out matches everything. Ids are compared case-insensitively. */
export interface FaultMatch {
  readonly method?: string;
  readonly operation?: GraphOperation;
  readonly connectionId?: string;
  readonly groupId?: string;
  readonly memberId?: string;
  /** The beginning of the path, such as `/v1.0/servicePrincipals`. */
  readonly path?: string;
}

export interface FaultRule {
  readonly match?: FaultMatch;
  /** How many requests it hits before it is spent; absent: no limit. */
  readonly times?: number;
  /** The share of matching requests that it hits, 0 to 1; absent: all. */
  readonly probability?: number;
  readonly fault: GraphFault;
}

import type { ExternalGroup } from './external-group.ts';

/** What identifies a response to Graph's support: never its text, which may repeat what was sent. */
export interface GraphStatus {
  readonly status: number;
  readonly code: string | null;
  readonly requestId: string | null;
}

/** Graph's answer to any call. */
export type GraphAnswer = Done | Refusal | Unserved;

export interface Done {
  /** 2xx, or an addition that is "already so" by its code, which ends in `AlreadyExists`. */
  readonly kind: 'ok';
  /** The group, if it was read or created. */
  readonly group?: ExternalGroup;
}

/** Graph has judged the call. */
export interface Refusal {
  /**
   * - `exists`: 409 to a creation: a group with this id exists, with any properties. To an addition, without such a code:
   *   the member may be there already, or Graph may have been unable to add it just then.
   * - `absent`: 404: according to Graph, the group, its connection or the member does not exist. That may be wrong for a
   *   while.
   * - `refused`: 400 and any other 4xx that is final.
   * - `denied`: 401 or 403, even with a fresh token.
   */
  readonly kind: 'exists' | 'absent' | 'refused' | 'denied';
  readonly graph: GraphStatus;
}

/** Graph has not judged the call. */
export interface Unserved {
  /**
   * - `throttled`: 429, or no free slot at our own limiter (`graph` is null then): not carried out.
   * - `not-begun`: 423, any other 409, no token, no connection: not carried out, and safe to repeat.
   * - `silent`: 5xx, 408, reset, timeout: a write may have been carried out, or may still be.
   */
  readonly kind: 'throttled' | 'not-begun' | 'silent';
  /** For the operator: what failed and how. */
  readonly why: string;
  readonly graph: GraphStatus | null;
  /** Seconds that Graph asks to wait; null if it does not. */
  readonly retryAfter: number | null;
}

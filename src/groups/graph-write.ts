import type { ExternalGroup } from './external-group.ts';
import type { Member } from './member.ts';
import type { GraphAnswer } from './outcome.ts';

/** One write of a declared group to Graph. */
export type GraphWrite =
  | { readonly kind: 'create-group'; readonly group: ExternalGroup }
  | { readonly kind: 'update-group'; readonly group: ExternalGroup }
  | { readonly kind: 'delete-group'; readonly groupId: string }
  | { readonly kind: 'add-member'; readonly groupId: string; readonly member: Member }
  | { readonly kind: 'remove-member'; readonly groupId: string; readonly member: Member };

/** The result of one write; nothing is read back here. */
export type WriteAnswer =
  /** 2xx, or an addition that is "already so" by its code, which ends in `AlreadyExists`. */
  | { readonly kind: 'ok' }
  /**
   * 409 to a creation: a group with this id exists, with any properties. To an addition, without such a code: the member may
   * be there already, or Graph may have been unable to add it just then.
   */
  | { readonly kind: 'exists'; readonly graph: GraphAnswer }
  /** 404: according to Graph, the group, its connection or the member does not exist. That may be wrong for a while. */
  | { readonly kind: 'absent'; readonly graph: GraphAnswer }
  /** 400 and any other 4xx that is final. */
  | { readonly kind: 'refused'; readonly graph: GraphAnswer }
  /** 401 or 403, even with a fresh token. */
  | { readonly kind: 'denied'; readonly graph: GraphAnswer }
  /** Not carried out and safe to repeat: 429, 423, any other 409, no free slot at the limiter, no token, no connection. */
  | {
      readonly kind: 'not-begun';
      readonly why: string;
      readonly graph: GraphAnswer | null;
      /** Seconds that Graph asks to wait; null if it does not. */
      readonly retryAfter: number | null;
    }
  /** 5xx, 408, reset, timeout: the write may have been carried out, or may still be. */
  | {
      readonly kind: 'silent';
      readonly why: string;
      readonly graph: GraphAnswer | null;
      readonly retryAfter: number | null;
    };

/** The result of reading a group. */
export type GroupRead =
  | { readonly kind: 'present'; readonly group: ExternalGroup }
  | Exclude<WriteAnswer, { readonly kind: 'ok' | 'exists' }>;

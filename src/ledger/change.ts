import type { Member } from '../groups/member.ts';

interface About {
  readonly connectionId: string;
  readonly groupId: string;
  /** Puts changes in order however they arrive (0 … 2^53−1); absent: the order of arrival at the ledger counts. */
  readonly sequence?: number;
}

/** How a group shall be from now on: valid, deduplicated, from a caller who may. */
export type Change = About &
  (
    | {
        readonly kind: 'put-group';
        readonly displayName: string | null;
        readonly description: string | null;
      }
    | { readonly kind: 'delete-group' }
    /** `removals`: the number of removals that the sender knows of and wants. */
    | { readonly kind: 'put-members'; readonly members: readonly Member[]; readonly removals?: number }
    | { readonly kind: 'patch-members'; readonly add: readonly Member[]; readonly remove: readonly Member[] }
    /** Tries again what failed. */
    | { readonly kind: 'retry' }
    /** Writes all that is recorded to Graph anew, removals too. */
    | { readonly kind: 'reassert' }
  );

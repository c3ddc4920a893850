import type { Member } from '../../groups/member.ts';

interface About {
  readonly connectionId: string;
  readonly groupId: string;
  /** Orders changes regardless of when they arrive (0 … 2^53−1); absent: the order of arrival at the ledger counts. */
  readonly sequence?: number;
}

/** The desired state of a group from now on: valid, deduplicated, from an authorised caller. */
export type Change = About &
  (
    | {
        readonly kind: 'put-group';
        readonly displayName: string | null;
        readonly description: string | null;
      }
    | { readonly kind: 'delete-group' }
    /** `removals`: the number of removals that the sender expects and wants. */
    | { readonly kind: 'put-members'; readonly members: readonly Member[]; readonly removals?: number }
    | { readonly kind: 'patch-members'; readonly add: readonly Member[]; readonly remove: readonly Member[] }
    /** Retries what failed. */
    | { readonly kind: 'retry' }
    /** Writes everything recorded to Graph again, including removals. */
    | { readonly kind: 'reassert' }
    /** Everything that the group has counts as of this sequence from now on: one was sent by mistake. */
    | { readonly kind: 'resequence'; readonly resequence: number }
  );

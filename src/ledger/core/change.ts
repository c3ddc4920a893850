import type { GroupProperties } from '../../groups/group-properties.ts';
import type { DeclaredMember, RequestedMember } from '../../groups/member.ts';

interface About {
  readonly connectionId: string;
  readonly groupId: string;
  /** Orders changes regardless of when they arrive (0 … 2^53−1); absent: the order of arrival at the ledger counts. */
  readonly sequence?: number;
}

/** A removal by name: it removes the members that were declared by that name. */
export interface NamedRemoval {
  readonly nameHash: string;
  /** Somebody has the name now, and is removed by id as well. */
  readonly isFound: boolean;
  /** JSON pointer to the member. */
  readonly at: string;
}

/** The desired state of a group from now on: valid, deduplicated, from an authorised caller, without names of people. */
export type Change = ChangeOf<DeclaredMember> & {
  /**
   * Hashes of names that several users have, or of added names that no user has. In an exact list, members that were
   * declared by one of them stay.
   */
  readonly unresolved?: readonly string[];
  readonly namedRemovals?: readonly NamedRemoval[];
};

/** A change as its sender gives it: members may have names. */
export type RequestedChange = ChangeOf<RequestedMember>;

type ChangeOf<M> = About &
  (
    | ({ readonly kind: 'put-group' } & GroupProperties)
    | { readonly kind: 'delete-group' }
    /** `removals`: the number of removals that the sender expects and wants. */
    | { readonly kind: 'put-members'; readonly members: readonly M[]; readonly removals?: number }
    | { readonly kind: 'patch-members'; readonly add: readonly M[]; readonly remove: readonly M[] }
    /** Retries what failed. */
    | { readonly kind: 'retry' }
    /** Writes everything recorded to Graph again, including removals. */
    | { readonly kind: 'reassert' }
    /** Everything that the group has counts as of this sequence from now on: one was sent by mistake. */
    | { readonly kind: 'resequence'; readonly resequence: number }
  );

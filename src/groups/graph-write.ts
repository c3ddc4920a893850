import type { ExternalGroup } from './external-group.ts';
import type { Member } from './member.ts';

/** One write of a declared group to Graph. */
export type GraphWrite =
  | { readonly kind: 'create-group'; readonly group: ExternalGroup }
  | { readonly kind: 'update-group'; readonly group: ExternalGroup }
  | { readonly kind: 'delete-group'; readonly groupId: string }
  | { readonly kind: 'add-member'; readonly groupId: string; readonly member: Member }
  | { readonly kind: 'remove-member'; readonly groupId: string; readonly member: Member };

import type { ExternalGroup } from './external-group.ts';
import type { GraphStatus, Refusal, Unserved } from './graph-answer.ts';

/** All possible outcomes of one attempt to create a group. */
export type Outcome =
  | { readonly kind: 'created' | 'unchanged'; readonly group: ExternalGroup }
  | { readonly kind: 'conflict'; readonly existing: ExternalGroup; readonly graph: GraphStatus | null }
  | (Refusal & { readonly kind: 'absent' | 'refused' | 'denied' })
  | Postponable;

/** `uncertain`: a write of this attempt or an earlier one may have been committed, so read before writing again. */
export type Postponable = Unserved & { readonly uncertain: boolean };

export const outcomeKinds = [
  'created',
  'unchanged',
  'conflict',
  'absent',
  'refused',
  'denied',
  'throttled',
  'not-begun',
  'silent',
] as const satisfies readonly Outcome['kind'][];

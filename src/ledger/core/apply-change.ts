import { propertiesOf } from '../../groups/group-properties.ts';
import type { Steps } from '../../shared/steps.ts';
import type { Applied } from './applied.ts';
import { reassert, resequence, retryRefused } from './apply-repair.ts';
import type { Change } from './change.ts';
import { deleteGroup, putGroup } from './change-group.ts';
import { patchMembers, putMembers } from './change-members.ts';
import type { Draft } from './draft.ts';
import { noSequence } from './entry.ts';

/** Applies a change to a draft, thing by thing: anything with the same or a higher sequence is left unchanged. */
export function* applyChange(work: Draft, change: Change, now: number): Steps<Applied> {
  const sequence = change.sequence ?? noSequence;
  switch (change.kind) {
    case 'put-group':
      return putGroup(work, { kind: 'present', ...propertiesOf(change) }, sequence);
    case 'delete-group':
      return yield* deleteGroup(work, sequence, now);
    case 'put-members':
      return yield* putMembers(work, change, sequence, now);
    case 'patch-members':
      return yield* patchMembers(work, change, sequence, now);
    case 'resequence':
      return { applies: true, changed: yield* resequence(work, change.resequence) };
    case 'retry':
      return { applies: true, changed: yield* retryRefused(work) };
    case 'reassert':
      return { applies: true, changed: yield* reassert(work) };
  }
}

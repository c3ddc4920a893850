import { memberIdentity } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import type { Change } from './change.ts';
import { isOlder, noSequence } from './entry.ts';
import { staysByName } from './named-members.ts';
import type { LedgerState } from './state.ts';

/** How many members an exact list would remove. All pages must have been read. */
export function* removalsBy(
  { head, pages }: LedgerState,
  change: Extract<Change, { kind: 'put-members' }>,
): Steps<number> {
  const listed = new Set<string>();
  yield* forEachInSteps(change.members, (member) => void listed.add(memberIdentity(member)));
  let removals = 0;
  for (const page of pages.values())
    yield* forEachInSteps(page, ([, member]) => {
      if (!member.wanted || listed.has(memberIdentity(member)) || staysByName(change, member)) return;
      if (!isOlder(change.sequence ?? noSequence, head.watermark, member.sequence)) removals += 1;
    });
  return removals;
}

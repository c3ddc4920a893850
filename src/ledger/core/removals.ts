import { type Member, memberKey } from '../../groups/member.ts';
import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import { isOlder } from './apply-change.ts';
import type { LedgerState } from './draft.ts';
import { noSequence } from './register.ts';

/** How many members an exact list would remove. All pages must have been read. */
export function* removalsBy(
  { head, pages }: LedgerState,
  change: { readonly members: readonly Member[]; readonly sequence?: number },
): Steps<number> {
  const listed = new Set<string>();
  yield* forEachInSteps(change.members, (member) => void listed.add(memberKey(member)));
  let removals = 0;
  for (const page of pages.values())
    yield* forEachInSteps(page, ([key, { wanted, sequence }]) => {
      if (wanted && !listed.has(key) && !isOlder(change.sequence ?? noSequence, head.floor, sequence))
        removals += 1;
    });
  return removals;
}

import { memberKey } from '../../groups/member.ts';
import type { Change } from './change.ts';
import { isOlder, noSequence } from './entry.ts';
import type { Head } from './head.ts';
import { hasNames } from './named-members.ts';
import { allPages, pageOf } from './page.ts';
import { limits } from './timing.ts';

/** The pages that must be read before a change can be recorded. */
export function pagesFor(head: Head, change: Change): readonly number[] {
  const sequence = change.sequence ?? noSequence;
  switch (change.kind) {
    case 'put-group':
      return [];
    case 'delete-group':
      return pagesForDeletion(head, sequence);
    case 'put-members':
    case 'reassert':
      return allPages(head);
    case 'resequence':
      return pagesAbove(head, change.resequence);
    case 'retry':
      return allPages(head).filter((index) => (head.pages[index]?.failed ?? 0) > 0);
    case 'patch-members': {
      const listed = [...change.add, ...change.remove].map((member) => pageOf(memberKey(member), head.bits));
      const counts = new Map<number, number>();
      for (const index of listed) counts.set(index, (counts.get(index) ?? 0) + 1);
      const grows = [...counts].some(
        ([index, more]) => (head.pages[index]?.entries ?? 0) + more > limits.page && head.bits < limits.bits,
      );
      // A page that becomes too long is split, and all others with it.
      if (grows) return allPages(head);
      // A member that was declared by a name may be on any page that has such members.
      const withNames = hasNames(change)
        ? allPages(head).filter((index) => (head.pages[index]?.named ?? 0) > 0)
        : [];
      return [...new Set([...counts.keys(), ...withNames])];
    }
  }
}

/** A deletion forgets members without reading them, except those that may have its sequence or a higher one. */
function pagesForDeletion(head: Head, sequence: number): readonly number[] {
  if (sequence === noSequence) return [];
  if (sequence <= head.watermark || isOlder(sequence, head.sequence)) return allPages(head);
  return allPages(head).filter((index) => (head.pages[index]?.sequence ?? noSequence) >= sequence);
}

/** The pages that hold a higher sequence. */
function pagesAbove(head: Head, sequence: number): readonly number[] {
  return allPages(head).filter((index) => (head.pages[index]?.sequence ?? noSequence) > sequence);
}

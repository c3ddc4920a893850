import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { keyOfName } from './by-name.ts';
import type { Declared } from './history.ts';

/** What an answer says of a name. */
export interface NameError {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * What is false in an answer about the names of a change; null: nothing. Each name must have been as it is said to be at
 * some moment since the call: refused as nobody's or as that of several, or else somebody's, or, to be removed, one that
 * is known of this group.
 */
export function falseAboutNames(
  { change, seen, known }: Pick<Declared, 'change' | 'seen' | 'known'>,
  errors: readonly NameError[],
): string | null {
  for (const { name, at, isRemoved } of namedIn(change)) {
    const holders = seen.holdersOf(name);
    const error = errors.find(({ pointer }) => pointer === at);
    if (error !== undefined) {
      if (!holders.some((holder) => holder === error.detail)) return `${at} was never ${error.detail}`;
    } else if (!holders.some((holder) => typeof holder === 'object') && !(isRemoved && known.has(name)))
      return `${at} was nobody's, and is not refused`;
  }
  return null;
}

/** Those that are said by a name alone. */
function namedIn(change: RequestedChange) {
  const lists =
    change.kind === 'put-members'
      ? [{ members: change.members, isRemoved: false }]
      : change.kind === 'patch-members'
        ? [
            { members: change.add, isRemoved: false },
            { members: change.remove, isRemoved: true },
          ]
        : [];
  return lists.flatMap(({ members, isRemoved }) =>
    members.flatMap(({ id, name, at = '' }) =>
      id === undefined && name !== undefined ? [{ name: keyOfName(name), at, isRemoved }] : [],
    ),
  );
}

import { type GraphGroup, type GraphRequest, memberId } from '../world/graph-service.ts';
import type { Desired } from './told.ts';

/** Whether Graph has a group as it was declared; `held` null: Graph has no such group. */
export function isAsDeclared({ group, members }: Desired, held: GraphGroup | null): boolean {
  if (group === 'gone') return held === null;
  if (held === null) return group === 'unspecified' && members.size === 0;
  const isGroup = group === 'unspecified' || held.group.displayName === group.displayName;
  const ids = idsOf(members);
  if (!isGroup || held.members.size !== ids.size) return false;
  for (const id of ids) if (!held.members.has(id)) return false;
  return true;
}

const known = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** Members as Graph knows them, by their ids alone; `keys`: by `memberKey`. */
export function idsOf(keys: ReadonlySet<string>): ReadonlySet<string> {
  let ids = known.get(keys);
  if (ids === undefined) {
    ids = new Set([...keys].map((key) => key.slice(key.indexOf(':') + 1)));
    known.set(keys, ids);
  }
  return ids;
}

/** Whether a request would make a difference, were it carried out now. */
export function wouldChange(request: GraphRequest, held: GraphGroup | null): boolean {
  switch (request.kind) {
    case 'read-group':
      return false;
    case 'create-group':
      return held === null;
    case 'update-group':
      return held !== null && held.group.displayName !== request.group.displayName;
    case 'delete-group':
      return held !== null;
    case 'add-member':
      return held !== null && !held.members.has(memberId(request.member));
    case 'remove-member':
      return held?.members.has(memberId(request.member)) === true;
  }
}

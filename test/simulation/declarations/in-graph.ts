import { memberKey } from '../../../src/groups/member.ts';
import type { GraphGroup, GraphRequest } from '../world/graph-service.ts';
import type { Desired } from './desired.ts';

/** Whether Graph has a group as it was declared; `held` null: Graph has no such group. */
export function isAsDeclared({ group, members }: Desired, held: GraphGroup | null): boolean {
  if (group === 'gone') return held === null;
  if (held === null) return group === 'untold' && members.size === 0;
  const isGroup = group === 'untold' || held.group.displayName === group.displayName;
  if (!isGroup || held.members.size !== members.size) return false;
  for (const member of members) if (!held.members.has(member)) return false;
  return true;
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
      return held !== null && !held.members.has(memberKey(request.member));
    case 'remove-member':
      return held?.members.has(memberKey(request.member)) === true;
  }
}

import type { ExternalGroup } from '../groups/external-group.ts';
import { member } from './transport/read-response.ts';

/**
 * The three documented properties of a group in Graph's response; null if it is not the group with this id. Whether
 * Graph's ids are case-sensitive is undocumented: the id is returned as Graph spells it.
 */
export function readGroup(body: unknown, id: string): ExternalGroup | null {
  const returned = member(body, 'id');
  const displayName = member(body, 'displayName') ?? null;
  const description = member(body, 'description') ?? null;
  if (
    typeof returned !== 'string' ||
    returned.toLowerCase() !== id.toLowerCase() ||
    !isText(displayName) ||
    !isText(description)
  )
    return null;
  return { id: returned, displayName, description };
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

import type { ExternalGroup } from '../groups/external-group.ts';
import { readProperties } from '../groups/group-properties.ts';
import { member } from './transport/read-response.ts';

/**
 * The documented properties of a group in Graph's response; null if it is not the group with this id. Whether Graph's ids
 * are case-sensitive is undocumented: the id is returned as Graph spells it.
 */
export function readGroup(body: unknown, id: string): ExternalGroup | null {
  const returned = member(body, 'id');
  const properties = readProperties((name) => member(body, name));
  if (typeof returned !== 'string' || returned.toLowerCase() !== id.toLowerCase()) return null;
  return properties === null ? null : { id: returned, ...properties };
}

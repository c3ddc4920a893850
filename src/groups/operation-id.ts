import { hash } from 'node:crypto';
import type { ExternalGroup } from './external-group.ts';
import { groupPropertyNames } from './group-properties.ts';

export const operationIdPattern = '^[0-9a-f]{32}$';

/** The same creation is the same operation, however often it is delivered: null and absent are treated alike. */
export function operationIdOf(connectionId: string, group: ExternalGroup): string {
  const values = groupPropertyNames.map((name) => group[name] ?? null);
  // Properties after the first two count where they are set, so that the ids of all other creations stay as they were.
  const counted = values.slice(0, Math.max(2, values.findLastIndex((value) => value !== null) + 1));
  const identity = JSON.stringify([connectionId, group.id, ...counted]);
  return hash('sha256', identity, 'hex').slice(0, 32);
}

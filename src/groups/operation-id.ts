import { createHash } from 'node:crypto';
import type { ExternalGroup } from './external-group.ts';

export const operationIdPattern = '^[0-9a-f]{32}$';

/** The same creation is the same operation, however often it is delivered: null and absent are treated alike. */
export function operationIdOf(connectionId: string, group: ExternalGroup): string {
  const identity = JSON.stringify([
    connectionId,
    group.id,
    group.displayName ?? null,
    group.description ?? null,
  ]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

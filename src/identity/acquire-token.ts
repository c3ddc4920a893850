import { lazily, onFirstUse } from '../shared/lazily.ts';
import type { AcquireToken } from './tokens.ts';

export interface IdentityOptions {
  readonly kind: 'managed-identity' | 'azure-cli';
  /** Client id of a user-assigned identity; null: the system-assigned one. */
  readonly clientId: string | null;
}

/**
 * Requests tokens for one resource. The SDKs load on the first request, not at start, and never retry or sleep: the
 * caller has a deadline and the queue. `scope`: the resource and `/.default`.
 */
export function createTokenAcquisition({ kind, clientId }: IdentityOptions, scope: string): AcquireToken {
  const load = lazily(async () =>
    kind === 'azure-cli'
      ? (await import('./azure-cli.ts')).acquireFromAzureCli(scope)
      : (await import('./managed-identity.ts')).acquireFromManagedIdentity(scope, clientId),
  );
  return onFirstUse(load, (acquire) => acquire);
}

import { lazily } from '../shared/lazily.ts';
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
  return kind === 'azure-cli' ? fromAzureCli(scope) : fromManagedIdentity(scope, clientId);
}

/**
 * MSAL's application rather than `ManagedIdentityCredential`, which wraps it: only MSAL allows bypassing its cache, as a
 * refused token requires, and on its own it loads in a third of the time during a cold start. The wrapper only adds
 * support for AKS and virtual machines. The platform may still answer from its 24 h cache.
 */
function fromManagedIdentity(scope: string, clientId: string | null): AcquireToken {
  const application = lazily(async () => {
    const { ManagedIdentityApplication } = await import('./managed-identity.ts');
    return new ManagedIdentityApplication({
      ...(clientId === null ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } }),
      system: { disableInternalRetries: true },
    });
  });
  return async (fresh) => {
    const result = await (await application()).acquireToken({ resource: scope, forceRefresh: fresh });
    if (result.expiresOn === null) throw new Error('the identity endpoint named no expiry');
    return { token: result.accessToken, expiresOnTimestamp: result.expiresOn.getTime() };
  };
}

/** The CLI has its own cache and no way around it: `fresh` just asks it once more. */
function fromAzureCli(scope: string): AcquireToken {
  const credential = lazily(async () => new (await import('./azure-cli.ts')).AzureCliCredential());
  return async () => (await credential()).getToken(scope);
}

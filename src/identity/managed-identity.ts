import { ManagedIdentityApplication } from '@azure/msal-node';
import type { AcquireToken } from './tokens.ts';

/**
 * MSAL's application rather than `ManagedIdentityCredential`, which wraps it: only MSAL allows bypassing its cache, as a
 * refused token requires, and on its own it loads in a third of the time during a cold start. The wrapper only adds
 * support for AKS and virtual machines. The platform may still answer from its 24 h cache.
 */
export function acquireFromManagedIdentity(scope: string, clientId: string | null): AcquireToken {
  const application = new ManagedIdentityApplication({
    ...(clientId === null ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } }),
    system: { disableInternalRetries: true },
  });
  return async (fresh) => {
    const result = await application.acquireToken({ resource: scope, forceRefresh: fresh });
    if (result.expiresOn === null) throw new Error('the identity endpoint named no expiry');
    return { token: result.accessToken, expiresOnTimestamp: result.expiresOn.getTime() };
  };
}

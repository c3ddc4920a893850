import { lazily } from '../lazily.ts';
import type { Cloud } from './clouds.ts';
import type { AcquireToken } from './tokens.ts';

export interface CredentialOptions {
  readonly kind: 'managed-identity' | 'azure-cli';
  readonly cloud: Cloud;
  /** Client id of a user-assigned identity; null: the system-assigned one. */
  readonly clientId: string | null;
}

/**
 * Asks for tokens of the chosen cloud's Graph. The SDKs load with the first request, off the start's path, and
 * never retry or sleep: the caller has a deadline and the queue.
 */
export function createTokenAcquisition({ kind, cloud, clientId }: CredentialOptions): AcquireToken {
  const scope = `${cloud.root}/.default`;
  return kind === 'azure-cli' ? fromAzureCli(scope) : fromManagedIdentity(scope, clientId);
}

/**
 * `ManagedIdentityCredential` offers no way past MSAL's cache, so a fresh token is asked of MSAL itself; the cache
 * is MSAL's own static one, hence both see the new token. The platform may still answer from its 24 h cache.
 */
function fromManagedIdentity(scope: string, clientId: string | null): AcquireToken {
  const credential = lazily(async () => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    return new ManagedIdentityCredential({
      ...(clientId === null ? {} : { clientId }),
      retryOptions: { maxRetries: 0 },
    });
  });
  const application = lazily(async () => {
    const { ManagedIdentityApplication } = await import('@azure/msal-node');
    return new ManagedIdentityApplication({
      ...(clientId === null ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } }),
      system: { disableInternalRetries: true },
    });
  });
  return async (fresh) => {
    if (!fresh) return (await credential()).getToken(scope);
    const result = await (await application()).acquireToken({ resource: scope, forceRefresh: true });
    if (result.expiresOn === null) throw new Error('the identity endpoint named no expiry');
    return { token: result.accessToken, expiresOnTimestamp: result.expiresOn.getTime() };
  };
}

/** The CLI keeps its own cache and offers no way past it: `fresh` asks it once more. */
function fromAzureCli(scope: string): AcquireToken {
  const credential = lazily(async () => new (await import('@azure/identity')).AzureCliCredential());
  return async () => (await credential()).getToken(scope);
}

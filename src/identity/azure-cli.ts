import { AzureCliCredential } from '@azure/identity';
import type { AcquireToken } from './tokens.ts';

/** The developer's own sign-in. The CLI has its own cache and no way around it: `fresh` just asks it once more. */
export function acquireFromAzureCli(scope: string): AcquireToken {
  const credential = new AzureCliCredential();
  return () => credential.getToken(scope);
}

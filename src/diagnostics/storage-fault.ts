import type { RequestFault } from '../shared/request-fault.ts';
import type { StorageService } from '../storage/probe.ts';
import { type Finding, failed } from './check.ts';

/** How the app accesses storage, for the text of a fix. */
export interface StorageAccess {
  /** Null: with a connection string. */
  readonly identity: { readonly clientId: string | null } | null;
  readonly account: string;
  readonly service?: StorageService;
}

const roleOf = { queue: 'Storage Queue Data Contributor', table: 'Storage Table Data Contributor' } as const;

/** What a storage error means, and the exact fix. */
export function describeStorageFault(
  fault: RequestFault,
  { identity, account, service = 'queue' }: StorageAccess,
): Finding & { readonly fix: string } {
  const network = `Let the app reach it: the name and the endpoint in AzureWebJobsStorage__${service}ServiceUri, the account’s firewall ("az storage account show --name ${account} --query networkRuleSet"), or the private endpoint and DNS zone for ${service}.`;
  const found = (seen: string, fix: string) => ({ ...failed(seen, fix), fix });
  switch (fault.kind) {
    case 'silent':
      return found('no answer in time', network);
    case 'unreachable':
      return found(`no connection (${fault.code})`, network);
    case 'no-token':
      return found('no token for storage could be obtained', identityFix(identity));
    case 'other':
      return found(
        `something other than storage answers (${fault.name})`,
        `Check for a proxy between the app and ${account}.`,
      );
    case 'refused':
      return found(
        `storage answered ${fault.status}${fault.code === null ? '' : ` ${fault.code}`}`,
        refusalFix(fault, { identity, account, service }, network),
      );
  }
}

function refusalFix(
  { status, code }: RequestFault & { readonly kind: 'refused' },
  { identity, account, service }: Required<StorageAccess>,
  network: string,
): string {
  const keys =
    'Use the identity instead of the key: AzureWebJobsStorage__queueServiceUri, __tableServiceUri and __credential=managedidentity.';
  if (code === 'KeyBasedAuthenticationNotPermitted') return keys;
  if (code === 'AuthorizationFailure') return network;
  if (status === 401 || code === 'AuthenticationFailed' || code === 'InvalidAuthenticationInfo')
    return identity === null
      ? `Put the account’s current key into AzureWebJobsStorage ("az storage account keys list --account-name ${account}"), and check the clock. ${keys}`
      : identityFix(identity);
  if (status === 403 && identity !== null)
    return `az role assignment create --role "${roleOf[service]}" --assignee-object-id <principal id of ${nameOf(identity)}> --assignee-principal-type ServicePrincipal --scope $(az storage account show --name ${account} --query id --output tsv) # takes effect within some minutes`;
  if (status === 403) return `The signature or key in AzureWebJobsStorage does not permit it. ${keys}`;
  if (status === 404)
    return `Check that ${account} is the right account and has a ${service} service. ${network}`;
  if (status === 429 || status >= 500)
    return 'Storage is overloaded or down: check the account’s health in the portal, then run this again.';
  return `Look up the code in the storage documentation; the account is ${account}.`;
}

function identityFix(identity: StorageAccess['identity']): string {
  return `Assign the ${identity === null ? 'identity' : nameOf(identity)} to the function app ("az functionapp identity show"), and set AzureWebJobsStorage__clientId to its client id.`;
}

function nameOf({ clientId }: NonNullable<StorageAccess['identity']>): string {
  return clientId === null ? 'system-assigned identity' : `identity ${clientId}`;
}

import { type Check, type Finding, failed, passed, skipped } from '../../src/diagnostics/check.ts';
import type { Diagnosis, ReachedBy } from '../../src/diagnostics/diagnose.ts';
import { type AzureRole, azureRoles } from '../../src/settings/permissions.ts';
import {
  type AzureAssignment,
  listAzureAssignments,
  type ResourceManagerOptions,
  type Sight,
} from './resource-manager.ts';

/** Whether the app's identity has its Azure roles, as visible to the operator. `manager` null: on a laptop. */
export async function checkAzureRoles(
  app: Diagnosis['app'] | null,
  manager: ResourceManagerOptions | null,
): Promise<readonly Check[]> {
  const roles = Object.keys(azureRoles) as AzureRole[];
  const name = (role: AzureRole) => ({ id: `azure-role:${role}`, title: `Azure role ${role}` });
  const all = (why: string) => roles.map((role) => ({ ...name(role), ...skipped(why) }));

  const principalId = app?.identity?.objectId ?? null;
  if (app === null || principalId === null) return all('because the app did not report its identity');
  if (manager === null) return all('because there is no Azure Resource Manager here');
  const list = await listAzureAssignments(manager, principalId);
  return roles.map((role) => ({ ...name(role), ...judge(role, app, principalId, list) }));
}

function judge(
  role: AzureRole,
  app: Diagnosis['app'],
  principalId: string,
  list: Sight<readonly AzureAssignment[]>,
): Finding {
  const { id, on } = azureRoles[role];
  const target = on === 'storage' ? app.storage : app.telemetry;
  if (target === null) return skipped(`because no ${on} is set`);
  const other = notByIdentity[target.by];
  if (other !== null) return skipped(`because the app reaches ${on} ${other}`);
  if (list.kind === 'unread') return skipped(`because ${list.why}`);
  const held = list.value.filter(({ roleId }) => roleId === id);
  const account = on === 'storage' ? app.storage?.account : undefined;
  const fitting = held.find(({ scope }) => covers(scope, account));
  if (fitting !== undefined) return passed(`on ${fitting.scope}`);
  const elsewhere = held.length === 0 ? '' : `; it has it on ${held.map(({ scope }) => scope).join(', ')}`;
  return failed(`${principalId} does not have it${elsewhere}`, grantCommand(role, principalId, account));
}

const notByIdentity: { readonly [by in ReachedBy]: string | null } = {
  identity: null,
  key: 'with a key',
  'other-identity': 'with another identity',
};

const aboveResources =
  /^\/(?:subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?|providers\/Microsoft\.Management\/managementGroups\/[^/]+)?$/i;

/**
 * A scope covers the resource if it is the resource, or if it is above resources. The resource group is not known here,
 * so any group counts. `account` undefined: Application Insights, whose name is not known either.
 */
function covers(scope: string, account: string | undefined): boolean {
  if (aboveResources.test(scope)) return true;
  const [, type = '', name = ''] =
    /\/providers\/(Microsoft\.\w+\/\w+)\/([^/]+)$/i.exec(scope.toLowerCase()) ?? [];
  return account === undefined
    ? type === 'microsoft.insights/components'
    : type === 'microsoft.storage/storageaccounts' && name === account;
}

function grantCommand(role: AzureRole, principalId: string, account: string | undefined): string {
  const scope =
    account === undefined
      ? '<id of the Application Insights resource>'
      : `$(az storage account show --name ${account} --query id --output tsv)`;
  return `az role assignment create --role "${role}" --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${scope}`;
}

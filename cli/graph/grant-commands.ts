import { graphAppId } from '../../src/settings/permissions.ts';
import type { GraphTarget } from './graph-target.ts';
import type { CommandsForAdministrator } from './not-permitted.ts';

export interface RoleGrant {
  /** Object id of the identity's service principal. */
  readonly principalId: string;
  /** Value of an application role of Microsoft Graph. */
  readonly role: string;
}

/** How an administrator grants the role. All values filled in have been checked to be GUIDs and a role's value. */
export function grantCommands(
  { principalId, role }: RoleGrant,
  { cloud, root }: Pick<GraphTarget, 'cloud' | 'root'>,
): CommandsForAdministrator {
  const body = `{\\"principalId\\":\\"${principalId}\\",\\"resourceId\\":\\"$resource\\",\\"appRoleId\\":\\"$role\\"}`;
  return {
    who: 'a Privileged Role Administrator',
    az: [
      ...(cloud.azureCli === 'AzureCloud' ? [] : [`az cloud set --name ${cloud.azureCli}`]),
      'az login',
      `resource=$(az ad sp show --id ${graphAppId} --query id --output tsv)`,
      `role=$(az ad sp show --id ${graphAppId} --query "appRoles[?value=='${role}'].id | [0]" --output tsv)`,
      `az rest --method POST --url ${root}/v1.0/servicePrincipals/${principalId}/appRoleAssignments --headers Content-Type=application/json --body "${body}"`,
    ],
    powershell: [
      `Connect-MgGraph -Environment ${cloud.graphPowerShell} -Scopes AppRoleAssignment.ReadWrite.All,Application.Read.All`,
      `$resource = Get-MgServicePrincipal -Filter "appId eq '${graphAppId}'"`,
      `$role = $resource.AppRoles | Where-Object Value -eq '${role}'`,
      `New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId ${principalId} -PrincipalId ${principalId} -ResourceId $resource.Id -AppRoleId $role.Id`,
    ],
  };
}

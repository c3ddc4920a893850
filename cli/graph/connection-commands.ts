import type { GraphTarget } from './graph-target.ts';
import type { CommandsForAdministrator } from './not-permitted.ts';

export interface ConnectionChange {
  readonly connectionId: string;
  /** Empty: nothing is to be changed. */
  readonly appIds: readonly string[];
  /** Set if the connection is to be created. */
  readonly name?: string;
}

/**
 * The commands for the owner of the connection. The Azure CLI's own user sign-in has no permission for connections (its
 * scopes are fixed), so the sign-in has to be an app's.
 */
export function connectionCommands(
  { connectionId, appIds, name }: ConnectionChange,
  { cloud, root }: Pick<GraphTarget, 'cloud' | 'root'>,
): CommandsForAdministrator {
  const url = `${root}/v1.0/external/connections`;
  const [first = '<client id>'] = appIds.slice(-1);
  const ours = name === undefined ? 'authorize' : 'create';
  const command =
    appIds.length === 0
      ? `external-groups connection show ${connectionId}`
      : `external-groups connection ${ours} ${connectionId} --identity ${first}`;
  return {
    who: 'the app that owns the connection, or one with ExternalConnection.ReadWrite.All',
    az: [
      ...(cloud.azureCli === 'AzureCloud' ? [] : [`az cloud set --name ${cloud.azureCli}`]),
      'az login --service-principal --username <client id of that app> --certificate <file> --tenant <tenant>',
      command,
    ],
    powershell: [
      `Connect-MgGraph -Environment ${cloud.graphPowerShell} -Scopes ExternalConnection.ReadWrite.All`,
      ...(appIds.length === 0 || name !== undefined
        ? [`Invoke-MgGraphRequest -Method GET -Uri ${url}/${connectionId} | ConvertTo-Json -Depth 5`]
        : [
            `$ids = @((Invoke-MgGraphRequest -Method GET -Uri ${url}/${connectionId}).configuration.authorizedAppIds | Where-Object { $_ }) + '${first}'`,
            `Invoke-MgGraphRequest -Method PATCH -Uri ${url}/${connectionId} -Body (@{ configuration = @{ authorizedAppIds = $ids } } | ConvertTo-Json -Depth 5)`,
          ]),
    ],
  };
}

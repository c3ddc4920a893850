metadata description = 'Optional: grants the application role of Microsoft Graph with Bicep instead of `external-groups grant`. Public cloud only; the deployer needs the right to grant it (docs/deploy.md).'

targetScope = 'resourceGroup'

// Its own folder and bicepconfig.json: the extension comes from a registry, and nothing else here needs a network.
extension microsoftGraphV1

@description('Object id of the app identity: the output ADAPTER_IDENTITY_PRINCIPAL_ID.')
param identityPrincipalId string

@description('Value of the application role.')
param role string = 'ExternalItem.ReadWrite.OwnedBy'

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: '00000003-0000-0000-c000-000000000000'
}

// Not idempotent where the role was granted by other means before: Graph answers "Permission being assigned already exists".
resource assignment 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {
  appRoleId: filter(graph.appRoles, known => known.value == role)[0].id
  principalId: identityPrincipalId
  resourceId: graph.id
}

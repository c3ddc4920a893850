metadata description = 'Updates an existing storage account to match the deployment. Separate from its creation, because network access changes at a different time.'

param name string
param location string
param tags object
param replication string

@description('Only private endpoints and the listed addresses reach the account.')
param isPrivate bool

@description('With isPrivate: IPv4 addresses or ranges that can still reach the public endpoint.')
param allowedAddresses string[]

@export()
@description('Properties of the account, at its creation and later.')
func accountProperties(isPrivate bool, allowedAddresses string[]) object => {
  accessTier: 'Hot'
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
  publicNetworkAccess: isPrivate && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
  networkAcls: {
    bypass: 'None'
    defaultAction: isPrivate ? 'Deny' : 'Allow'
    // Storage refuses /32: a single address is given without a prefix.
    ipRules: map(isPrivate ? allowedAddresses : [], address => {
      value: endsWith(address, '/32') ? split(address, '/')[0] : address
      action: 'Allow'
    })
  }
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_${replication}' }
  properties: accountProperties(isPrivate, allowedAddresses)
}

metadata description = 'Brings an existing storage account to what the deployment asks for. Apart from its creation, because who may reach it changes at its own time.'

param name string
param location string
param tags object
param replication string

@description('Only private endpoints, and the addresses that are named, reach the account.')
param isPrivate bool

@description('With isPrivate: IPv4 addresses or ranges that reach the public endpoint all the same.')
param allowedAddresses string[]

@export()
@description('The properties of the account, at its creation and later.')
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

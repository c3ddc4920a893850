metadata description = 'Storage of the app: the deployed package, the host, the queues and the tables. Accessed only with Entra ID.'

import { accountProperties } from 'storage-account.bicep'
import { operator, producer } from 'types.bicep'

param name string
param location string
param tags object

@description('Object id of the app identity.')
param identityPrincipalId string

param producers producer[]
param operators operator[]

param replication string

@description('Use private endpoints; only the listed addresses reach the public endpoint.')
param isPrivate bool

@description('IPv4 addresses or ranges that can still reach the public endpoint.')
param allowedAddresses string[]

@description('Lock the account, and with it the ledger, against deletion.')
param deleteLock bool

var roles = loadJsonContent('../roles.json')

var packageContainerName = 'app-package'

// The app makes a queue that it misses when it sends; a queue trigger only waits until somebody has made it.
var queueNames = [
  'external-group-creations'
  'external-group-creations-poison'
  'external-group-creations-deadletter'
  'external-group-changes'
  'external-group-changes-poison'
  'external-group-verifications'
  'external-group-verifications-poison'
]
var tableNames = ['externalGroupOperations', 'externalGroupLedger']
var producerQueueNames = ['external-group-creations', 'external-group-changes']

// Only made here. An account that is there already is brought up to date by storage-account.bicep: opened before the app
// leaves the network, closed after the app is in it.
@onlyIfNotExists()
resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_${replication}' }
  properties: accountProperties(isPrivate, allowedAddresses)
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLock) {
  scope: account
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'The ledger in this account is the only list of the groups and members that were declared.'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: packageContainerName
  properties: { publicAccess: 'None' }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for queueName in queueNames: {
    parent: queueService
    name: queueName
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [
  for tableName in tableNames: {
    parent: tableService
    name: tableName
  }
]

// Blobs: the package, and the host's locks and keys. Queues and tables: the app's own, and what it makes when missing.
var appRoles = [
  roles.storageBlobDataOwner
  roles.storageQueueDataContributor
  roles.storageTableDataContributor
]

resource appAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in appRoles: {
    name: guid(account.id, identityPrincipalId, role)
    scope: account
    properties: {
      principalId: identityPrincipalId
      // Named, because an identity that was just made may not be known everywhere yet.
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// A dead letter is read, put back and taken away; an operation is read and written. A union, also below: what is named
// twice is granted once.
var operatorGrants = union(
  flatten(map(
    operators,
    person =>
      map([roles.storageQueueDataContributor, roles.storageTableDataContributor], role => {
        principalId: person.principalId
        principalType: person.principalType
        role: role
      })
  )),
  []
)

resource operatorAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in operatorGrants: {
    name: guid(account.id, grant.principalId, grant.role)
    scope: account
    properties: {
      principalId: grant.principalId
      principalType: grant.principalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

var producerGrants = union(
  flatten(map(
    producers,
    sender =>
      map(sender.?queues ?? producerQueueNames, queue => {
        principalId: sender.principalId
        principalType: sender.?principalType ?? 'ServicePrincipal'
        queue: queue
      })
  )),
  []
)

resource producerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in producerGrants: {
    name: guid(account.id, grant.queue, grant.principalId, roles.storageQueueDataMessageSender)
    scope: queues[indexOf(queueNames, grant.queue)]
    properties: {
      principalId: grant.principalId
      principalType: grant.principalType
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roles.storageQueueDataMessageSender
      )
    }
  }
]

output id string = account.id
output name string = account.name
output endpoints { blob: string, queue: string, table: string } = {
  blob: account.properties.primaryEndpoints.blob
  queue: account.properties.primaryEndpoints.queue
  table: account.properties.primaryEndpoints.table
}
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${packageContainerName}'

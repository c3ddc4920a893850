metadata description = 'external-groups-adapter: a functions app without keys, its storage, its telemetry, and what watches over it.'

targetScope = 'subscription'

import { entraInFront, existingSubnets, existingZones, operator, producer, source, subnetAttachments, vaultSecret } from 'app/types.bicep'

@description('Names the deployment: one for each app. The resource group is rg-<name>.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything. Those of Flex Consumption: az functionapp list-flexconsumption-locations')
param location string = deployment().location

@description('Added to every resource.')
param tags { *: string } = {}

// The app

@description('Connection ids that the app may write to; none: all valid ids.')
param externalConnections string[] = []

@description('Cloud of Microsoft Graph; null: the one that belongs to this Azure.')
param graphCloud ('global' | 'usgov-l4' | 'usgov-l5')?

@description('alphanumeric or base64url; empty: the default of the app.')
param groupIdCharacters '' | 'alphanumeric' | 'base64url' = ''

@description('Longest that an HTTP caller waits for Graph, PT200S at most (ISO 8601); empty: the default of the app.')
param graphDeadline string = ''

@description('Age at which deferred work that still fails is given up (ISO 8601); empty: the default of the app.')
param deferralGiveUpAfter string = ''

@description('Requests pass the host as streams, and bodies without a length are taken; at a third of the throughput.')
param httpStreaming bool = false

@description('Names of users that the app looks up in Entra ID, comma-separated: upn, mail, employeeId, sid; empty: none. Its identity then needs another role in Microsoft Graph.')
param memberNames string = ''

@description('When declared groups are compared with Graph (NCRONTAB); empty: never.')
param verifyGroups string = ''

@description('Secrets of webhooks, in a key vault that exists already; null: callers need not sign.')
param webhookSecrets vaultSecret?

@description('Systems that announce their changes themselves.')
param sources source[] = []

// Who gets in

@description('Who may put messages on the queues.')
param producers producer[] = []

@description('Who may work with dead letters and operations from the command line.')
param operators operator[] = []

@description('App Service authentication in front of the HTTP functions; null: function keys alone.')
param entra entraInFront?

// The plan

@description('flex: Flex Consumption. dedicated: an App Service plan, where Flex Consumption is not offered (Azure Government).')
param plan 'flex' | 'dedicated' = 'flex'

@description('Of a dedicated plan: it must allow Always On.')
param dedicatedSku string = 'P0v3'

@description('Of a dedicated plan, which does not scale by itself.')
@minValue(1)
@maxValue(30)
param dedicatedInstances int = 1

param nodeVersion '22' | '24' = '22'

@description('Memory of an instance of Flex Consumption.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('Most instances of each function group of Flex Consumption. Below 40 is not accepted in every region.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances of Flex Consumption that always wait for HTTP requests.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttpInstances int = 0

@description('Instances of Flex Consumption that always wait for messages, for each of the two queues that producers use.')
@minValue(0)
@maxValue(100)
param alwaysReadyQueueInstances int = 0

@description('Requests that one instance of Flex Consumption works on at once; 0: what Azure sets for its memory.')
@minValue(0)
@maxValue(1000)
param httpConcurrency int = 0

@description('Instances and storage in several zones, in regions that have them. For a new deployment only.')
param zoneRedundant bool = false

// Storage

@description('How storage is copied; empty: in one zone (LRS), or in three (ZRS) with zoneRedundant.')
param storageReplication '' | 'LRS' | 'ZRS' | 'GRS' | 'GZRS' | 'RAGRS' | 'RAGZRS' = ''

@description('A lock that keeps storage, and with it the ledger, from being deleted. Whoever deploys must be allowed to make locks.')
param deleteLock bool = false

// The network

@description('Storage is reached over private endpoints. The app calls out from a subnet, as it does with a NAT gateway or subnets of yours.')
param networkIsolation bool = false

@description('private: the app is reached over a private endpoint alone. Publishing code, too.')
param inbound 'public' | 'private' = 'public'

@description('IPv4 addresses or ranges from which the app is reached; none: from all.')
param inboundAllowedAddresses string[] = []

@description('With network isolation: IPv4 addresses or ranges, such as an operator\'s, that reach storage all the same.')
param storageAllowedAddresses string[] = []

@description('Subnets of a network of yours; null: a network is made.')
param subnets existingSubnets?

@description('Addresses of the network that is made, a /24 or larger.')
param networkAddressPrefix string = '10.0.0.0/24'

@description('The network that is made gets a NAT gateway: the app calls out from one fixed address.')
param natGateway bool = false

@description('What of yours is attached to the subnets that are made.')
param attachments subnetAttachments = {}

@description('Private DNS zones of yours; an empty object: you have the names registered in another way. Null: zones are made.')
param privateDnsZones existingZones?

// What watches over it

@description('Address that alerts are mailed to; empty, and without action groups: alerts show in the portal only.')
param alertEmail string = ''

@description('Ids of action groups of yours that an alert notifies.')
param actionGroupIds string[] = []

@description('Switches the alert rules off without removing them, for a planned outage.')
param alertsEnabled bool = true

@description('Days that telemetry is kept.')
@minValue(30)
@maxValue(730)
param telemetryRetentionDays int = 30

var token = toLower(uniqueString(subscription().id, environmentName, location))
var allTags = union(tags, { 'azd-env-name': environmentName })
var replication = !empty(storageReplication) ? storageReplication : zoneRedundant ? 'ZRS' : 'LRS'
var callsOutFromSubnet = networkIsolation || natGateway || subnets != null
var cloud = graphCloud ?? (environment().name == 'AzureUSGovernment' ? 'usgov-l4' : 'global')

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: allTags
}

module identity 'app/identity.bicep' = {
  scope: group
  params: { name: 'id-${token}', location: location, tags: allTags }
}

module storage 'app/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: allTags
    identityPrincipalId: identity.outputs.principalId
    producers: producers
    operators: operators
    replication: replication
    isPrivate: networkIsolation
    allowedAddresses: storageAllowedAddresses
    deleteLock: deleteLock
  }
}

// Of the two, one is made: storage is opened before the app leaves the network, and closed after the app is in it.
module storageOpens 'app/storage-account.bicep' = if (!networkIsolation) {
  scope: group
  params: {
    name: storage.outputs.name
    location: location
    tags: allTags
    replication: replication
    isPrivate: false
    allowedAddresses: []
  }
}

module storageCloses 'app/storage-account.bicep' = if (networkIsolation) {
  scope: group
  params: {
    name: storage.outputs.name
    location: location
    tags: allTags
    replication: replication
    isPrivate: true
    allowedAddresses: storageAllowedAddresses
  }
  dependsOn: [app]
}

module telemetry 'app/telemetry.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${token}'
    applicationInsightsName: 'appi-${token}'
    location: location
    tags: allTags
    identityPrincipalId: identity.outputs.principalId
    retentionDays: telemetryRetentionDays
  }
}

module connectivity 'app/connectivity.bicep' = if (callsOutFromSubnet || inbound == 'private') {
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    subnets: subnets
    addressPrefix: networkAddressPrefix
    delegation: plan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
    natGateway: natGateway
    attachments: attachments
    zones: privateDnsZones
    storageId: networkIsolation ? storage.outputs.id : ''
  }
}

module appEndpoint 'app/private-endpoints.bicep' = if (inbound == 'private') {
  scope: group
  params: {
    name: 'vnet-${token}'
    location: location
    tags: allTags
    place: connectivity!.outputs.endpoints
    targetId: app.outputs.id
    services: [
      {
        name: 'sites'
        zone: 'privatelink.azurewebsites.${environment().name == 'AzureUSGovernment' ? 'us' : 'net'}'
      }
    ]
  }
}

var webhookSetting = webhookSecrets == null ? [] : [{ setting: 'WEBHOOK_SECRETS', ...webhookSecrets! }]
var sourceSettings = map(sources, each => { setting: 'SOURCE_${toUpper(each.name)}_SECRETS', ...each.secret })
var secrets = concat(webhookSetting, sourceSettings)

module secretReaders 'app/secret-reader.bicep' = [
  for secret in secrets: {
    name: 'secretReader-${toLower(secret.setting)}'
    scope: resourceGroup(secret.vaultResourceGroup)
    params: {
      vaultName: secret.vaultName
      secretName: secret.secretName
      identityPrincipalId: identity.outputs.principalId
    }
  }
]

// It uses what the modules of storage and telemetry give out, so it waits for the roles that they assign: the platform
// reads the package, and the host its storage, as soon as the app is there.
module app 'app/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: allTags
    identity: { id: identity.outputs.id, clientId: identity.outputs.clientId }
    storageEndpoints: storage.outputs.endpoints
    packageContainerUrl: storage.outputs.packageContainerUrl
    applicationInsightsName: telemetry.outputs.applicationInsightsName
    graphCloud: cloud
    options: {
      EXTERNAL_CONNECTIONS: join(externalConnections, ',')
      GROUP_ID_CHARACTERS: groupIdCharacters
      GRAPH_DEADLINE: graphDeadline
      DEFERRAL_GIVE_UP_AFTER: deferralGiveUpAfter
      HTTP_STREAMING: httpStreaming ? 'true' : ''
      MEMBER_NAMES: memberNames
      VERIFY_GROUPS: verifyGroups
      ...toObject(sources, each => 'SOURCE_${toUpper(each.name)}_CONNECTION', each => each.connectionId)
    }
    secrets: map(secrets, each => {
      setting: each.setting
      vaultName: each.vaultName
      secretName: each.secretName
    })
    plan: plan
    dedicatedSku: dedicatedSku
    dedicatedInstances: dedicatedInstances
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttpInstances: alwaysReadyHttpInstances
    alwaysReadyQueueInstances: alwaysReadyQueueInstances
    httpConcurrency: httpConcurrency
    zoneRedundant: zoneRedundant
    subnetId: callsOutFromSubnet ? connectivity!.outputs.appSubnetId : ''
    inbound: { isPrivate: inbound == 'private', allowedAddresses: inboundAllowedAddresses }
  }
  dependsOn: [secretReaders, storageOpens]
}

module authentication 'app/authentication.bicep' = {
  scope: group
  params: { appName: app.outputs.name, entra: entra }
}

module monitoring 'monitoring/monitoring.bicep' = {
  scope: group
  params: {
    applicationInsightsName: telemetry.outputs.applicationInsightsName
    location: location
    tags: allTags
    actionGroupIds: actionGroupIds
    alertEmail: alertEmail
    alertsEnabled: alertsEnabled
  }
}

// azd keeps these in its environment; the command line and the hooks read them there.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_FUNCTION_APP_URL string = app.outputs.url
output AZURE_OUTBOUND_ADDRESS string = connectivity.?outputs.outboundAddress ?? ''
output AZURE_STORAGE_QUEUE_ENDPOINT string = storage.outputs.endpoints.queue
output AZURE_STORAGE_TABLE_ENDPOINT string = storage.outputs.endpoints.table
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output AZURE_APPLICATION_INSIGHTS_NAME string = telemetry.outputs.applicationInsightsName
output ADAPTER_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output ADAPTER_IDENTITY_CLIENT_ID string = identity.outputs.clientId
output GRAPH_CLOUD string = cloud

metadata description = 'external-groups-adapter: a functions app without keys, with its storage, telemetry and alerts.'

targetScope = 'subscription'

import { entraInFront, existingSubnets, existingZones, operator, producer, source, subnetAttachments, vaultSecret } from 'app/types.bicep'

@description('Name of the deployment: one per app. The resource group is rg-<name>.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources. For regions with Flex Consumption: az functionapp list-flexconsumption-locations')
param location string = deployment().location

@description('Tags of every resource.')
param tags { *: string } = {}

// The app

@description('Connection ids that the app may write to; none: all valid ids.')
param externalConnections string[] = []

@description('Cloud of Microsoft Graph; null: the one of this Azure cloud.')
param graphCloud ('global' | 'usgov-l4' | 'usgov-l5')?

@description('alphanumeric or base64url; empty: the default of the app.')
param groupIdCharacters '' | 'alphanumeric' | 'base64url' = ''

@description('Longest time that an HTTP caller waits for Graph, PT200S at most (ISO 8601); empty: the default of the app.')
param graphDeadline string = ''

@description('Age at which the app gives up deferred work that still fails (ISO 8601); empty: the default of the app.')
param deferralGiveUpAfter string = ''

@description('Pass requests through the host as streams, and accept bodies without a length. Costs a third of the throughput.')
param httpStreaming bool = false

@description('Kinds of names that the app looks up in Entra ID, comma-separated: upn, mail, employeeId, sid; empty: none. The app identity needs another role in Microsoft Graph for it.')
param memberNames string = ''

@description('When the app compares declared groups with Graph (NCRONTAB); empty: never.')
param verifyGroups string = ''

@description('Webhook secrets in an existing key vault; null: callers need not sign.')
param webhookSecrets vaultSecret?

@description('Systems that announce their changes.')
param sources source[] = []

// Who gets in

@description('Principals that may send messages to the queues.')
param producers producer[] = []

@description('Principals that may use the command line on dead letters and operations.')
param operators operator[] = []

@description('App Service authentication in front of the HTTP functions; null: only function keys.')
param entra entraInFront?

// The plan

@description('flex: Flex Consumption. dedicated: an App Service plan, for regions without Flex Consumption (Azure Government).')
param plan 'flex' | 'dedicated' = 'flex'

@description('Size of a dedicated plan. It must allow Always On.')
param dedicatedSku string = 'P0v3'

@description('Instances of a dedicated plan, which does not scale by itself.')
@minValue(1)
@maxValue(30)
param dedicatedInstances int = 1

param nodeVersion '22' | '24' = '22'

@description('Memory of an instance of Flex Consumption.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('Maximum number of instances of each function group of Flex Consumption. Not every region accepts less than 40.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Always-ready instances of Flex Consumption for HTTP requests.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttpInstances int = 0

@description('Always-ready instances of Flex Consumption for each of the two queues that producers use.')
@minValue(0)
@maxValue(100)
param alwaysReadyQueueInstances int = 0

@description('Concurrent requests per instance of Flex Consumption; 0: the default for its memory size.')
@minValue(0)
@maxValue(1000)
param httpConcurrency int = 0

@description('Use several zones for instances and storage, in regions that have them. For a new deployment only.')
param zoneRedundant bool = false

// Storage

@description('Replication of storage; empty: LRS, or ZRS with zoneRedundant.')
param storageReplication '' | 'LRS' | 'ZRS' | 'GRS' | 'GZRS' | 'RAGRS' | 'RAGZRS' = ''

@description('Lock storage, and with it the ledger, against deletion. The deployer must be allowed to create locks.')
param deleteLock bool = false

// The network

@description('Reach storage over private endpoints. The app calls out from a subnet, as with a NAT gateway or your own subnets.')
param networkIsolation bool = false

@description('private: the app, including code publishing, is reachable only over a private endpoint.')
param inbound 'public' | 'private' = 'public'

@description('IPv4 addresses or ranges that can reach the app; none: all.')
param inboundAllowedAddresses string[] = []

@description('With network isolation: IPv4 addresses or ranges, such as those of operators, that can still reach storage.')
param storageAllowedAddresses string[] = []

@description('Subnets of your own network; null: the template creates a network.')
param subnets existingSubnets?

@description('Address range of the new network, a /24 or larger.')
param networkAddressPrefix string = '10.0.0.0/24'

@description('Create a NAT gateway in the new network, so that the app calls out from one fixed address.')
param natGateway bool = false

@description('Your own resources to attach to the new subnets.')
param attachments subnetAttachments = {}

@description('Your own private DNS zones. An empty object: you register the names in another way. Null: the template creates zones.')
param privateDnsZones existingZones?

// What watches over it

@description('Email address for alerts. Empty, and without action groups: alerts show only in the portal.')
param alertEmail string = ''

@description('Resource ids of your own action groups that alerts notify.')
param actionGroupIds string[] = []

@description('False disables the alert rules without removing them, for a planned outage.')
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

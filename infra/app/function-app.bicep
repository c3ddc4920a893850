metadata description = 'The functions app, its plan and all its settings.'

import { inboundRules } from 'types.bicep'

param name string
param planName string
param location string
param tags object

param identity { id: string, clientId: string }
param storageEndpoints { blob: string, queue: string, table: string }
param packageContainerUrl string
param applicationInsightsName string

param graphCloud 'global' | 'usgov-l4' | 'usgov-l5'

@description('Settings of the app, as described in src/settings/catalogue.ts. Empty: the default of the app.')
param options { *: string }

@description('Settings with values in a key vault.')
param secrets { setting: string, vaultName: string, secretName: string }[]

@description('flex: Flex Consumption. dedicated: an App Service plan, for regions without Flex Consumption.')
param plan 'flex' | 'dedicated'

param dedicatedSku string
param dedicatedInstances int
param nodeVersion '22' | '24'
param instanceMemoryMB 512 | 2048 | 4096
param maximumInstanceCount int
param alwaysReadyHttpInstances int

@description('For each queue that producers use.')
param alwaysReadyQueueInstances int

@description('Concurrent requests per instance of Flex Consumption; 0: the default for its memory size.')
param httpConcurrency int

param zoneRedundant bool

@description('Subnet that the app calls out from; empty: none.')
param subnetId string

param inbound inboundRules

var isFlex = plan == 'flex'

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

// All app settings. Setting them replaces what was set by hand, so there is no second place.
var hostSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.clientId
  // Endpoints rather than a name: they hold in every cloud, and a name next to them would win.
  AzureWebJobsStorage__blobServiceUri: storageEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storageEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storageEndpoints.table
  AzureWebJobsDisableHomepage: 'true'
  // With HTTP_STREAMING the host passes requests on to Node, which takes headers of 16 KB unless told otherwise; the
  // host takes 32 KB. What Node refuses would wait until the function's time is up.
  languageWorkers__node__arguments: '--max-http-header-size=65536'
}
var appSettings = {
  AZURE_CLIENT_ID: identity.clientId
  GRAPH_CLOUD: graphCloud
  ...toObject(filter(items(options), option => !empty(option.value)), option => option.key, option => option.value)
  // Without a version: a new version of a secret is taken up within a day.
  ...toObject(
    secrets,
    secret => secret.setting,
    secret => '@Microsoft.KeyVault(VaultName=${secret.vaultName};SecretName=${secret.secretName})'
  )
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
}
// Flex Consumption has a property for each of these and refuses the settings.
var dedicatedSettings = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'node'
  WEBSITE_RUN_FROM_PACKAGE: '1'
}

resource serverFarm 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: isFlex ? 'functionapp' : 'linux'
  sku: isFlex
    ? { name: 'FC1', tier: 'FlexConsumption' }
    : { name: dedicatedSku, capacity: zoneRedundant ? max(dedicatedInstances, 2) : dedicatedInstances }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

var restrictions = [
  for (address, index) in inbound.allowedAddresses: {
    name: 'allowed-${index + 1}'
    action: 'Allow'
    priority: 100 + index
    ipAddress: contains(address, '/') ? address : '${address}/32'
  }
]
// All HTTP functions share instances, every other function scales by itself. In several zones, what is kept ready is two.
var httpInstances = zoneRedundant ? max(alwaysReadyHttpInstances, 2) : alwaysReadyHttpInstances
var queueInstances = zoneRedundant && alwaysReadyQueueInstances > 0
  ? max(alwaysReadyQueueInstances, 2)
  : alwaysReadyQueueInstances
var alwaysReady = [
  { name: 'http', instanceCount: httpInstances }
  { name: 'function:create-deferred-group', instanceCount: queueInstances }
  { name: 'function:change-declared-group', instanceCount: queueInstances }
]

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds the app by the name of its service in azure.yaml.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: serverFarm.id
    httpsOnly: true
    publicNetworkAccess: inbound.isPrivate ? 'Disabled' : 'Enabled'
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Flex Consumption sends all of it there in any case.
    ...(isFlex || empty(subnetId) ? {} : { outboundVnetRouting: { applicationTraffic: true } })
    siteConfig: {
      // Given also where they are empty: what is left out stays as it was.
      ipSecurityRestrictions: restrictions
      ipSecurityRestrictionsDefaultAction: empty(inbound.allowedAddresses) ? 'Allow' : 'Deny'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ...(isFlex
        ? {}
        : {
            // Flex Consumption has no FTP, and refuses the property.
            ftpsState: 'Disabled'
            alwaysOn: true
            healthCheckPath: '/api/health'
            http20Enabled: true
            linuxFxVersion: 'NODE|${nodeVersion}'
          })
    }
    ...(isFlex
      ? {
          functionAppConfig: {
            deployment: {
              storage: {
                type: 'blobContainer'
                value: packageContainerUrl
                authentication: {
                  type: 'UserAssignedIdentity'
                  userAssignedIdentityResourceId: identity.id
                }
              }
            }
            runtime: { name: 'node', version: nodeVersion }
            scaleAndConcurrency: {
              instanceMemoryMB: instanceMemoryMB
              maximumInstanceCount: maximumInstanceCount
              alwaysReady: filter(alwaysReady, group => group.instanceCount > 0)
              ...(httpConcurrency == 0 ? {} : { triggers: { http: { perInstanceConcurrency: httpConcurrency } } })
            }
          }
        }
      : {})
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(hostSettings, appSettings, isFlex ? {} : dedicatedSettings)
  }

  resource ftpCredentials 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmCredentials 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'

metadata description = 'The functions app, its plan and all of its settings.'

import { appOptions, entraInFront, vaultSecret } from 'types.bicep'

param name string
param planName string
param location string
param tags object

param identity { id: string, clientId: string }
param storageEndpoints { blob: string, queue: string, table: string }
param packageContainerUrl string
param applicationInsightsName string

@description('The settings that say how the app works.')
param options appOptions

@description('Secrets of webhooks, in a key vault; null: none are asked for.')
param webhookSecrets vaultSecret?

@description('flex: Flex Consumption. dedicated: an App Service plan, where Flex Consumption is not offered.')
param plan 'flex' | 'dedicated'

param dedicatedSku string
param dedicatedInstances int
param nodeVersion '22' | '24'
param instanceMemoryMB 512 | 2048 | 4096
param maximumInstanceCount int
param alwaysReadyHttpInstances int
param zoneRedundant bool

@description('Subnet that the app calls out from; empty: none.')
param subnetId string

@description('Null: no App Service authentication in front.')
param entra entraInFront?

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
  // The longest body is a list of members of 4 MiB; the app itself cuts each route at its own limit.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '5242880'
}
var appSettings = {
  AZURE_CLIENT_ID: identity.clientId
  GRAPH_CLOUD: options.GRAPH_CLOUD
  ...(empty(options.EXTERNAL_CONNECTIONS) ? {} : { EXTERNAL_CONNECTIONS: options.EXTERNAL_CONNECTIONS })
  ...(empty(options.GROUP_ID_CHARACTERS) ? {} : { GROUP_ID_CHARACTERS: options.GROUP_ID_CHARACTERS })
  ...(empty(options.GRAPH_DEADLINE) ? {} : { GRAPH_DEADLINE: options.GRAPH_DEADLINE })
  ...(empty(options.DEFERRAL_GIVE_UP_AFTER) ? {} : { DEFERRAL_GIVE_UP_AFTER: options.DEFERRAL_GIVE_UP_AFTER })
  ...(empty(options.VERIFY_GROUPS) ? {} : { VERIFY_GROUPS: options.VERIFY_GROUPS })
  ...(webhookSecrets == null
    ? {}
    : {
        // Without a version: a new version of the secret is taken up within a day.
        WEBHOOK_SECRETS: '@Microsoft.KeyVault(VaultName=${webhookSecrets!.vaultName};SecretName=${webhookSecrets!.secretName})'
      })
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
}
// Flex Consumption has a property for each of these and refuses the settings.
var dedicatedSettings = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'node'
  WEBSITE_RUN_FROM_PACKAGE: '1'
}

resource serverFarm 'Microsoft.Web/serverfarms@2024-11-01' = {
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

var httpInstances = zoneRedundant ? max(alwaysReadyHttpInstances, 2) : alwaysReadyHttpInstances

resource app 'Microsoft.Web/sites@2024-11-01' = {
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
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
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
              alwaysReady: httpInstances == 0 ? [] : [{ name: 'http', instanceCount: httpInstances }]
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

// Made in either case: what is left out of a template stays as it was, also a check that was switched off here.
resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: entra == null
    ? { platform: { enabled: false } }
    : {
        platform: { enabled: true }
        globalValidation: {
          requireAuthentication: true
          // A redirect to a sign-in page helps no webhook.
          unauthenticatedClientAction: 'Return401'
          // What needs no key; and what needs the master key, which the doctor calls without a token of its own.
          excludedPaths: ['/api/health', '/api/openapi.json', '/api/diagnostics']
        }
        httpSettings: { requireHttps: true }
        identityProviders: {
          azureActiveDirectory: {
            enabled: true
            registration: {
              clientId: entra!.clientId
              openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
            }
            validation: {
              // Tokens of version 1 name the identifier URI as their audience, those of version 2 the bare id.
              allowedAudiences: ['api://${entra!.clientId}', entra!.clientId]
              defaultAuthorizationPolicy: { allowedApplications: entra!.allowedApplications }
            }
          }
        }
        login: { tokenStore: { enabled: false } }
      }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'

using 'main.bicep'

// One file for azd, which gives it the variables of its environment (azd env set NAME value), and for az, which gives it
// those of the shell. docs/deploy.md lists them.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')

// The app

var connections = readEnvironmentVariable('EXTERNAL_CONNECTIONS', '')
param externalConnections = map(empty(connections) ? [] : split(connections, ','), each => trim(each))

var cloud = readEnvironmentVariable('GRAPH_CLOUD', '')
param graphCloud = empty(cloud) ? null : cloud

param groupIdCharacters = readEnvironmentVariable('GROUP_ID_CHARACTERS', '')
param graphDeadline = readEnvironmentVariable('GRAPH_DEADLINE', '')
param deferralGiveUpAfter = readEnvironmentVariable('DEFERRAL_GIVE_UP_AFTER', '')
param verifyGroups = readEnvironmentVariable('VERIFY_GROUPS', '')

var vault = readEnvironmentVariable('WEBHOOK_SECRETS_VAULT', '')
param webhookSecrets = empty(vault)
  ? null
  : {
      vaultName: vault
      vaultResourceGroup: readEnvironmentVariable('WEBHOOK_SECRETS_VAULT_GROUP', '')
      secretName: readEnvironmentVariable('WEBHOOK_SECRETS_NAME', 'external-groups-webhook-secrets')
    }

// Who gets in

var producerIds = readEnvironmentVariable('PRODUCER_PRINCIPAL_IDS', '')
param producers = [
  for id in empty(producerIds) ? [] : split(producerIds, ','): {
    principalId: trim(id)
    principalType: readEnvironmentVariable('PRODUCER_PRINCIPAL_TYPE', 'ServicePrincipal')
  }
]

var operatorIds = readEnvironmentVariable('OPERATOR_PRINCIPAL_IDS', '')
param operators = [
  for id in empty(operatorIds) ? [] : split(operatorIds, ','): {
    principalId: trim(id)
    principalType: readEnvironmentVariable('OPERATOR_PRINCIPAL_TYPE', 'User')
  }
]

var entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '')
var applications = readEnvironmentVariable('ENTRA_ALLOWED_APPLICATIONS', '')
param entra = empty(entraClientId)
  ? null
  : {
      clientId: entraClientId
      allowedApplications: map(empty(applications) ? [] : split(applications, ','), each => trim(each))
    }

// The plan

param plan = readEnvironmentVariable('HOSTING_PLAN', 'flex')
param dedicatedSku = readEnvironmentVariable('DEDICATED_SKU', 'P0v3')
param dedicatedInstances = int(readEnvironmentVariable('DEDICATED_INSTANCES', '1'))
param nodeVersion = readEnvironmentVariable('FUNCTIONS_NODE_VERSION', '22')
param instanceMemoryMB = {
  '512': 512
  '2048': 2048
  '4096': 4096
}[readEnvironmentVariable('INSTANCE_MEMORY_MB', '2048')]
param maximumInstanceCount = int(readEnvironmentVariable('MAXIMUM_INSTANCE_COUNT', '40'))
param alwaysReadyHttpInstances = int(readEnvironmentVariable('ALWAYS_READY_HTTP_INSTANCES', '0'))
param zoneRedundant = bool(readEnvironmentVariable('ZONE_REDUNDANT', 'false'))

// The network

param networkIsolation = bool(readEnvironmentVariable('NETWORK_ISOLATION', 'false'))
param networkAddressPrefix = readEnvironmentVariable('NETWORK_ADDRESS_PREFIX', '10.0.0.0/24')

var addresses = readEnvironmentVariable('STORAGE_ALLOWED_ADDRESSES', '')
param storageAllowedAddresses = map(empty(addresses) ? [] : split(addresses, ','), each => trim(each))

// What watches over it

var actionGroups = readEnvironmentVariable('ACTION_GROUP_IDS', '')
param actionGroupIds = map(empty(actionGroups) ? [] : split(actionGroups, ','), each => trim(each))

param alertsEnabled = bool(readEnvironmentVariable('ALERTS_ENABLED', 'true'))
param telemetryRetentionDays = int(readEnvironmentVariable('TELEMETRY_RETENTION_DAYS', '30'))

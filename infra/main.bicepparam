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
param httpStreaming = bool(readEnvironmentVariable('HTTP_STREAMING', 'false'))
param memberNames = readEnvironmentVariable('MEMBER_NAMES', '')
param verifyGroups = readEnvironmentVariable('VERIFY_GROUPS', '')

var vault = readEnvironmentVariable('WEBHOOK_SECRETS_VAULT', '')
param webhookSecrets = empty(vault)
  ? null
  : {
      vaultName: vault
      vaultResourceGroup: readEnvironmentVariable('WEBHOOK_SECRETS_VAULT_GROUP', '')
      secretName: readEnvironmentVariable('WEBHOOK_SECRETS_NAME', 'external-groups-webhook-secrets')
    }

// Such as okta=contosohr,gitlab=contosocrm: a source and the connection that it may change.
var sourceList = readEnvironmentVariable('SOURCES', '')
param sources = empty(sourceList)
  ? []
  : map(split(sourceList, ','), pair => {
      name: trim(split('${pair}=', '=')[0])
      connectionId: trim(split('${pair}=', '=')[1])
      secret: {
        vaultName: readEnvironmentVariable('SOURCE_SECRETS_VAULT', '')
        vaultResourceGroup: readEnvironmentVariable('SOURCE_SECRETS_VAULT_GROUP', '')
        secretName: format('external-groups-source-{0}', trim(split('${pair}=', '=')[0]))
      }
    })

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
param alwaysReadyQueueInstances = int(readEnvironmentVariable('ALWAYS_READY_QUEUE_INSTANCES', '0'))
param httpConcurrency = int(readEnvironmentVariable('HTTP_CONCURRENCY', '0'))
param zoneRedundant = bool(readEnvironmentVariable('ZONE_REDUNDANT', 'false'))

// Storage

param storageReplication = readEnvironmentVariable('STORAGE_REPLICATION', '')
param deleteLock = bool(readEnvironmentVariable('DELETE_LOCK', 'false'))

// The network

param networkIsolation = bool(readEnvironmentVariable('NETWORK_ISOLATION', 'false'))
param inbound = readEnvironmentVariable('INBOUND', 'public')

var callers = readEnvironmentVariable('INBOUND_ALLOWED_ADDRESSES', '')
param inboundAllowedAddresses = map(empty(callers) ? [] : split(callers, ','), each => trim(each))

var addresses = readEnvironmentVariable('STORAGE_ALLOWED_ADDRESSES', '')
param storageAllowedAddresses = map(empty(addresses) ? [] : split(addresses, ','), each => trim(each))

var appSubnet = readEnvironmentVariable('EXISTING_APP_SUBNET_ID', '')
var endpointSubnet = readEnvironmentVariable('EXISTING_ENDPOINT_SUBNET_ID', '')
param subnets = empty('${appSubnet}${endpointSubnet}')
  ? null
  : { appSubnetId: appSubnet, endpointSubnetId: endpointSubnet }

param networkAddressPrefix = readEnvironmentVariable('NETWORK_ADDRESS_PREFIX', '10.0.0.0/24')
param natGateway = bool(readEnvironmentVariable('NAT_GATEWAY', 'false'))
param attachments = {
  natGatewayId: readEnvironmentVariable('EXISTING_NAT_GATEWAY_ID', '')
  networkSecurityGroupId: readEnvironmentVariable('EXISTING_NETWORK_SECURITY_GROUP_ID', '')
  routeTableId: readEnvironmentVariable('EXISTING_ROUTE_TABLE_ID', '')
}

// none: neither made nor used here, because the names are registered in another way.
var zones = readEnvironmentVariable('EXISTING_PRIVATE_DNS_ZONE_IDS', '')
param privateDnsZones = empty(zones)
  ? null
  : toObject(
      zones == 'none' ? [] : split(zones, ','),
      id =>
        contains(id, '.blob.')
          ? 'blob'
          : contains(id, '.queue.') ? 'queue' : contains(id, '.table.') ? 'table' : 'sites',
      id => trim(id)
    )

// What watches over it

param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')

var actionGroups = readEnvironmentVariable('ACTION_GROUP_IDS', '')
param actionGroupIds = map(empty(actionGroups) ? [] : split(actionGroups, ','), each => trim(each))

param alertsEnabled = bool(readEnvironmentVariable('ALERTS_ENABLED', 'true'))
param telemetryRetentionDays = int(readEnvironmentVariable('TELEMETRY_RETENTION_DAYS', '30'))

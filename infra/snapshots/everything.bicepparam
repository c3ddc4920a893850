using '../main.bicep'

// Every option that is off by default, together.

param environmentName = 'groups'
param location = 'westeurope'
param tags = { costCenter: 'search' }

param externalConnections = ['contosohr', 'contosocrm']
param graphCloud = 'global'
param groupIdCharacters = 'base64url'
param graphDeadline = 'PT20S'
param deferralGiveUpAfter = 'P3D'
param httpStreaming = true
param memberNames = 'upn,mail'
param verifyGroups = '0 0 3 * * *'
param webhookSecrets = {
  vaultName: 'kv-secrets'
  vaultResourceGroup: 'rg-secrets'
  secretName: 'external-groups-webhook-secrets'
}
param sources = [
  {
    name: 'okta'
    connectionId: 'contosohr'
    secret: { vaultName: 'kv-secrets', vaultResourceGroup: 'rg-secrets', secretName: 'external-groups-source-okta' }
  }
]

param producers = [
  { principalId: '00000000-0000-0000-0000-0000000000a1' }
  {
    principalId: '00000000-0000-0000-0000-0000000000a2'
    principalType: 'Group'
    queues: ['external-group-changes']
  }
  { principalId: '00000000-0000-0000-0000-0000000000a1', queues: ['external-group-changes'] }
]
param operators = [
  { principalId: '00000000-0000-0000-0000-0000000000b1', principalType: 'Group' }
  { principalId: '00000000-0000-0000-0000-0000000000b1', principalType: 'Group' }
]
param entra = {
  clientId: '00000000-0000-0000-0000-00000000000a'
  allowedApplications: ['00000000-0000-0000-0000-00000000000b']
}

param nodeVersion = '24'
param instanceMemoryMB = 4096
param maximumInstanceCount = 100
param alwaysReadyHttpInstances = 3
param alwaysReadyQueueInstances = 1
param httpConcurrency = 64
param zoneRedundant = true

param storageReplication = 'GZRS'
param deleteLock = true

param networkIsolation = true
param networkAddressPrefix = '10.20.0.0/22'
param natGateway = true
param inbound = 'private'

param alertEmail = 'oncall@contoso.com'
param actionGroupIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-oncall/providers/Microsoft.Insights/actionGroups/oncall'
]
param telemetryRetentionDays = 90

metadata description = 'Types that several modules share.'

@export()
@description('A queue that producers may put messages on.')
type producerQueue = 'external-group-creations' | 'external-group-changes'

@export()
@description('Somebody who may put messages on queues, and nothing more.')
type producer = {
  @description('Object id of a managed identity, service principal, group or user.')
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'?
  @description('Both queues unless named.')
  queues: producerQueue[]?
}

@export()
@description('Somebody who works with dead letters and operations from the command line.')
type operator = {
  @description('Object id of a user, group or service principal.')
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
}

@export()
@description('A secret of a key vault that uses Azure RBAC.')
type vaultSecret = {
  @minLength(3)
  vaultName: string
  @minLength(1)
  vaultResourceGroup: string
  @minLength(1)
  secretName: string
}

@export()
@description('App Service authentication: callers over HTTP need a token of these applications.')
type entraInFront = {
  @description('Client id of the app registration that stands for this API; it needs no secret.')
  clientId: string
  @description('Client ids of the calling applications.')
  @minLength(1)
  allowedApplications: string[]
}

@export()
@description('Settings of the app, as src/settings/catalogue.ts describes them. What is not given keeps the default of the app.')
type appOptions = {
  GRAPH_CLOUD: 'global' | 'usgov-l4' | 'usgov-l5'
  EXTERNAL_CONNECTIONS: string
  GROUP_ID_CHARACTERS: string
  GRAPH_DEADLINE: string
  DEFERRAL_GIVE_UP_AFTER: string
  VERIFY_GROUPS: string
}
